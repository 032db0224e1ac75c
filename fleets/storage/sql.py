"""What set-based statements share."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, LiteralString, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

T = TypeVar("T")


def run_prepared(statement: LiteralString, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Run a statement that PostgreSQL parses and plans once a connection, and give its rows. Raises DatabaseError.

    Outside a transaction it commits by itself. Django's own cursor writes the values into the text, so that a statement
    is planned anew each time: of one that changes few rows that takes longer than running it. It counts among the
    connection's queries like any other.
    """
    # As Django's own cursor begins: once a request or task it is seen whether the server has hung up.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        began = time.monotonic()
        cursor.execute(statement, values, prepare=True)
        if connection.queries_logged:
            text = psycopg.ClientCursor(connection.connection).mogrify(statement, values).strip()
            connection.queries_log.append({"sql": text, "time": f"{time.monotonic() - began:.3f}"})
        return cursor.fetchall() if cursor.description else []


def reconnecting(call: Callable[[], T]) -> T:
    """Run what is one statement, and once more on a new connection when this one was cut or in a deadlock.

    It left nothing behind then, so it may run again.
    """
    try:
        return call()
    except (OperationalError, InterfaceError):
        connection.close()
    return call()


@receiver(connection_created)
def _prepare_and_plan_once(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Django switches preparing off; with so high a threshold nothing is prepared but what `run_prepared` runs."""
    connection.connection.prepare_threshold = sys.maxsize
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")


def array(values: Sequence[str | int | None]) -> str:
    """PostgreSQL's text form of a one-dimensional array; psycopg's own takes many times as long."""
    return "{" + ",".join(["NULL" if value is None else _element(value) for value in values]) + "}"


def _element(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
