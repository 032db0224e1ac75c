"""Puts another name in the place of a person's or a vehicle's, wherever it stands in texts, documents and columns."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, TextField
from psycopg import sql

from fleets.storage.encryption import EncryptedJSONField, EncryptedTextField, SealedTextField

# What can't stand right before or behind a name: it would be a part of a longer one, or of an address.
_BEFORE, _BEHIND = r"(?<![[:alnum:]_@+.-])", r"(?![[:alnum:]_@+-]|\.[[:alnum:]])"

# Columns that programs read, also what is sent to a vehicle and which vehicles are meant: a person may be called like a
# word in them ("locked", "london"), so a name counts there only where no word is like it.
_READ_BY_PROGRAMS = frozenset(
    {
        *("payload", "extra", "filter", "state", "capability_document", "brand", "model", "document", "zone", "key"),
        *("remote_type", "type", "status", "failure_cause", "asked_said", "public_id", "vin", "upstream_id"),
        *("upstream_action_id", "upstream_callback_id", "upstream_fleet", "remote_action_id", "request_digest"),
        *("idempotency_key", "session_hash", "http_accept", "path_info"),
    }
)
# In the text of a document: names of members, and codes of a Why, are words of ours.
_NOT_CODE, _NOT_MEMBER = r'(?<!"code": ")', r'(?!": )'


@dataclass(frozen=True)
class Renaming:
    """`old` names, in any case, and the `new` one, which has letters, digits and `-` only.

    `whole`: they count as whole words only, as people's names do; a VIN is one also in the midst of others.
    """

    old: tuple[str, ...]
    new: str
    whole: bool = True

    def text(self, text: str) -> str:
        return self._pattern.sub(self.new, text) if self.old else text

    def document(self, value: Any) -> Any:
        """A document with the new name, also in the names of members."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(name): self.document(item) for name, item in value.items()}
        return [self.document(item) for item in value] if isinstance(value, list) else value

    def body(self, body: bytes) -> bytes:
        """Of a document in JSON whatever its escapes; of other bytes as they are, in UTF-8."""
        try:
            document = json.loads(body)
            left = self.document(document)
            if left != document:
                return json.dumps(left, separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            pass
        # Also what is doubled or cut, as only a text shows it.
        text = body.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(re.escape(name) for name in self._longest_first)
        pattern = rf"(?<![\w@+.-])(?:{names})(?![\w@+-]|\.[^\W_])" if self.whole else names
        return re.compile(pattern, re.IGNORECASE)

    @property
    def _longest_first(self) -> list[str]:
        return sorted(self.old, key=len, reverse=True)

    def for_sql(self, *, in_json: bool) -> str:
        """As PostgreSQL's regular expressions have it; `in_json`: as names stand in the text of a document."""
        shown = [json.dumps(name, ensure_ascii=False)[1:-1] if in_json else name for name in self._longest_first]
        names = "|".join(re.sub(r"([^\w\s])", r"\\\1", name) for name in shown)
        if not self.whole:
            return f"(?:{names})"
        in_words = f"{_BEFORE}(?:{names}){_BEHIND}"
        return f"{_NOT_CODE}{in_words}{_NOT_MEMBER}" if in_json else in_words

    def sweep(self, model: type[Model], but: Collection[str] = ()) -> int:
        """Rename in all columns of a model that hold text or documents, `but` some; gives how many rows changed."""
        columns = [field for field in model._meta.local_fields if field.column not in but]
        return sum(self._in(field)._sweep_column(model, field) for field in columns)

    def _in(self, field: Field) -> "Renaming":
        """As it counts in a column."""
        if not self.whole or field.column not in _READ_BY_PROGRAMS:
            return self
        return replace(self, old=tuple(name for name in self.old if " " in name or "@" in name))

    def _sweep_column(self, model: type[Model], field: Field) -> int:
        if not self.old or not _holds_words(field):
            return 0
        in_json, column = isinstance(field, JSONField), sql.Identifier(str(field.column))
        text = sql.SQL("{column}::text").format(column=column)
        renamed = sql.SQL("regexp_replace({text}, %(pattern)s, %(new)s, 'gi')").format(text=text)
        if in_json:
            renamed = sql.SQL("{}::jsonb").format(renamed)
        elif field.max_length:
            renamed = sql.SQL("left({}, {})").format(renamed, sql.Literal(field.max_length))
        statement = sql.SQL("UPDATE {table} SET {column} = {renamed} WHERE {text} ~* %(pattern)s").format(
            table=sql.Identifier(model._meta.db_table), column=column, renamed=renamed, text=text
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, {"pattern": self.for_sql(in_json=in_json), "new": self.new})
            return int(cursor.rowcount)


def _holds_words(field: Field) -> bool:
    """Whether people or others write into the column as they like."""
    encrypted = isinstance(field, EncryptedTextField | EncryptedJSONField | SealedTextField)
    written = isinstance(field, CharField | TextField | JSONField) and not isinstance(field, ArrayField)
    return written and not (encrypted or field.choices or field.primary_key or field.generated)
