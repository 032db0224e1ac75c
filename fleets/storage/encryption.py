"""A text field that is encrypted in the database, with keys that can be rotated (settings.FIELD_KEYS)."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class EncryptedTextField(models.TextField):
    """Holds a secret that must be read back, such as a gateway's password. It can't be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else _fernet().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: Any, *_: Any) -> Any:
        if value in (None, ""):
            return value
        try:
            return _fernet().decrypt(value.encode()).decode()
        except InvalidToken:
            raise ImproperlyConfigured(
                "A stored secret can't be decrypted: FIELD_KEYS lacks the key that it was encrypted with."
            ) from None
