"""Puts what is encrypted in the database under the first of FIELD_KEYS, so that a former key can be taken out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import (
    BinaryField,
    ExpressionWrapper,
    F,
    Field,
    Func,
    JSONField,
    Model,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from fleets.storage.encryption.fields import EncryptedJSONField, EncryptedTextField, SealedBinaryField, SealedTextField
from fleets.storage.encryption.keys import resealed
from fleets.storage.encryption.members import sealed_in

# Rows that are read at a time.
SLICE = 500

_ENCRYPTED = (EncryptedTextField, EncryptedJSONField, SealedBinaryField, SealedTextField)


@dataclass
class Count:
    """What was found of a column: rows that were read, that were under a former key, and that no key opens."""

    rows: int = 0
    former: int = 0
    unreadable: int = 0


# Of libraries: documents whose members are encrypted texts, some of them (console/factors/adapter.py).
_OF_LIBRARIES = {("mfa.Authenticator", "data")}


def encrypted_fields() -> list[tuple[type[Model], Field]]:
    """All that may hold something encrypted, of all models."""
    models = sorted(apps.get_models(), key=lambda model: model._meta.label)
    return [
        (model, field)
        for model in models
        if not model._meta.proxy
        for field in model._meta.local_fields
        if isinstance(field, _ENCRYPTED) or _is_of_library(field)
    ]


def rotate(model: type[Model], field: Field, *, write: bool = True) -> Count:
    """Encrypt anew what is under a former key, row by row; with `write` False only count it.

    Each row commits by itself, and one that somebody has changed meanwhile is left to them: they have the first key.
    So it can be stopped and begun again at any time, while all else runs.
    """
    count = Count()
    for pk, stored in _stored(model, field):
        count.rows += 1
        whole = _as_text(stored)
        text, renewed, unreadable = resealed(whole, _tokens(field, whole))
        count.former += bool(renewed)
        count.unreadable += bool(unreadable)
        if renewed and write:
            _write(model, field, pk, stored, text)
    return count


def _stored(model: type[Model], field: Field) -> Iterator[tuple[Any, Any]]:
    """The column as it is in the database, by the keys of the rows, a slice at a time."""
    rows = _sealed(_raw(model, field), field).order_by("pk")
    last: Any = None
    while True:
        part = rows if last is None else rows.filter(pk__gt=last)
        found = list(part.values_list("pk", "raw")[:SLICE])
        yield from found
        if len(found) < SLICE:
            return
        last = found[-1][0]


def _raw(model: type[Model], field: Field) -> QuerySet[Any]:
    """The rows with `raw`: past what the field does to what is read."""
    rows: QuerySet[Any] = model._base_manager.all()
    if isinstance(field, JSONField):
        rows = rows.annotate(raw=Cast(F(field.name), TextField()))
    else:
        plain = BinaryField() if isinstance(field, BinaryField) else TextField()
        rows = rows.annotate(raw=ExpressionWrapper(F(field.name), output_field=plain))
    return rows


def _sealed(rows: QuerySet[Any], field: Field) -> QuerySet[Any]:
    """Without the rows in which there can be nothing encrypted: of some tables they are nearly all."""
    if _has_members(field):
        rows = rows.filter(raw__contains='"sealed"')
    elif _is_of_library(field):
        rows = rows.filter(raw__contains='"gAAAA')
    elif isinstance(field, BinaryField):
        beginning = Func(F(field.name), 1, 5, function="substring", output_field=BinaryField())
        rows = rows.annotate(beginning=beginning).filter(beginning=b"gAAAA")
    else:
        rows = rows.exclude(raw="").exclude(raw=None)
    return rows


def _tokens(field: Field, stored: str) -> list[str]:
    if _is_of_library(field):
        return [value for value in json.loads(stored).values() if isinstance(value, str)]
    return sealed_in(stored, getattr(field, "plain", ())) if _has_members(field) else [stored]


def _is_of_library(field: Field) -> bool:
    return (field.model._meta.label, field.name) in _OF_LIBRARIES


def _has_members(field: Field) -> bool:
    return isinstance(field, EncryptedJSONField | SealedTextField)


def _as_text(stored: Any) -> str:
    return stored if isinstance(stored, str) else bytes(stored).decode("latin-1")


def _write(model: type[Model], field: Field, pk: Any, stored: Any, text: str) -> None:
    new: Value
    if isinstance(field, JSONField):
        new = Value(json.loads(text), JSONField())
    elif isinstance(field, BinaryField):
        new = Value(text.encode("latin-1"), BinaryField())
    else:
        new = Value(text, TextField())
    _raw(model, field).filter(pk=pk, raw=stored).update(**{field.name: new})
