"""What somebody does to the audit who has the database in hand, and what `audit verify` says of it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("audit", "verify", *arguments, stdout=out)
    return out.getvalue()


def broken(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        verify(*arguments)
    assert error.value.returncode == 1
    return str(error.value)


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def tamper(*statements: str) -> None:
    """Past the triggers. What is checked at the commit was checked by then."""
    run("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE fleets_auditentry DISABLE TRIGGER USER", *statements)
    run("ALTER TABLE fleets_auditentry ENABLE TRIGGER USER")
