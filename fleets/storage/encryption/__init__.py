"""What is encrypted in the database, with keys that can be rotated (settings.FIELD_KEYS, docs/secrets.md)."""

from fleets.storage.encryption.fields import (
    EncryptedJSONField,
    EncryptedTextField,
    SealedBinaryField,
    SealedTextField,
)
from fleets.storage.encryption.keys import SecretBytes, is_sealed, seal, seal_bytes, unseal, unseal_bytes
from fleets.storage.encryption.members import open_members, seal_members

__all__ = [
    "EncryptedJSONField",
    "EncryptedTextField",
    "SealedBinaryField",
    "SealedTextField",
    "SecretBytes",
    "is_sealed",
    "open_members",
    "seal",
    "seal_bytes",
    "seal_members",
    "unseal",
    "unseal_bytes",
]
