"""SECRET_KEY and FIELD_KEYS as settings: what is no key is refused in words."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

from launcher.start import keys

T = TypeVar("T")


def read_secret_key(text: str) -> str:
    """Raises ImproperlyConfigured for one that is empty or can be guessed."""
    return _told(lambda: keys.secret_key(text))


def read_fallbacks(text: str) -> list[str]:
    """SECRET_KEY_FALLBACKS: former keys with commas between; none of an empty text."""
    if not text.strip():
        return []
    return _told(lambda: [keys.secret_key(key, "SECRET_KEY_FALLBACKS") for key in text.split(",")])


def read_field_keys(text: str) -> list[str]:
    """Raises ImproperlyConfigured unless each is a Fernet key."""
    return _told(lambda: keys.field_keys(text))


def _told(read: Callable[[], T]) -> T:
    try:
        return read()
    except keys.NoKey as error:
        raise ImproperlyConfigured(str(error)) from None
