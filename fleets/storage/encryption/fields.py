"""Fields of models that are encrypted in the database. None of them can be searched by what it holds."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields.json import KeyTransform

from fleets.storage.encryption.keys import seal, seal_bytes, unseal, unseal_bytes
from fleets.storage.encryption.members import open_members, seal_members


class EncryptedTextField(models.TextField):
    """Holds a secret that must be read back, such as a gateway's password."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else seal(str(value))

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value if value in (None, "") else unseal(value)


class EncryptedJSONField(models.JSONField):
    """A JSON object whose members are encrypted, each by itself, but those of `plain`: these can be searched.

    An empty member has nothing to hide and stays. Other values than objects are not encrypted: there is none to keep.
    """

    def __init__(self, *args: Any, plain: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain = tuple(plain)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "plain": self.plain}

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        kept = seal_members(value, self.plain) if isinstance(value, dict) else value
        return super().get_db_prep_save(kept, connection)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        found = super().from_db_value(value, expression, connection)
        is_whole = isinstance(found, dict) and not isinstance(expression, KeyTransform)
        return open_members(found, self.plain) if is_whole else found


class SealedBinaryField(models.BinaryField):
    """Bytes, encrypted where they are SecretBytes: so they are read back, too."""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        kept = seal_bytes(value) if isinstance(value, bytes) else value
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else unseal_bytes(bytes(value))


class SealedTextField(models.TextField):
    """A text in which something may stand encrypted (`seal_members`): who reads it opens that."""
