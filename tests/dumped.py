"""What a dump of the database would hold: each row of each table, as COPY writes it."""

import base64
import re

from django.db import connection
from psycopg import sql

_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


def dump() -> dict[str, str]:
    """The rows of each table; bytes as text, so that they can be looked through like all else."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
    found = {}
    for table in tables:
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            text = b"".join(copy).decode()
        found[table] = text + "".join(_bytes(text))
    return found


def forms(secret: str) -> set[str]:
    """A secret as it is, as hex, and as base64 has it wherever it begins."""
    raw = secret.encode()
    found = {secret, raw.hex(), secret[::-1]}
    for before in (b"", b"x", b"xx"):
        # Without the letters that what stands before or behind has a part in.
        whole = base64.b64encode(before + raw)[len(before) and 4 : len(before + raw) // 3 * 4]
        found |= {whole.decode(), whole.decode().replace("+", "-").replace("/", "_")}
    return found


def places_of(secret: str, texts: dict[str, str]) -> list[str]:
    """Where the secret stands, in any of its forms."""
    wanted = forms(secret)
    return [name for name, text in texts.items() if any(form in text for form in wanted)]


def _bytes(text: str) -> list[str]:
    return [bytes.fromhex(found).decode("utf-8", "replace") for found in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)]
