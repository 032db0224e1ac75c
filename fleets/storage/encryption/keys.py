"""Encrypts and decrypts by the keys of settings.FIELD_KEYS: the first encrypts, all decrypt (Fernet)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Each begins with its version, 0x80, and the high bytes of a time.
_BEGINNING = "gAAAA"
_TOKEN = re.compile(rf"{_BEGINNING}[A-Za-z0-9_-]{{93,}}={{0,2}}")


class SecretBytes(bytes):
    """Bytes with a secret in them: they are encrypted where they are stored."""


def seal(text: str) -> str:
    """The text as it is stored."""
    return _all().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises ImproperlyConfigured where no key fits."""
    try:
        return _all().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            "A stored secret can't be decrypted: FIELD_KEYS lacks the key that it was encrypted with."
        ) from None


def is_sealed(text: str) -> bool:
    """Whether the text looks like one that `seal` made."""
    return text.startswith(_BEGINNING)


def seal_bytes(content: bytes) -> bytes:
    """The bytes as they are stored: encrypted where they are SecretBytes, else themselves."""
    return _all().encrypt(content) if isinstance(content, SecretBytes) else content


def unseal_bytes(stored: bytes) -> bytes:
    """What `seal_bytes` was given, SecretBytes again where it was. Raises as `unseal` does."""
    if not stored.startswith(_BEGINNING.encode()):
        return stored
    try:
        return SecretBytes(_all().decrypt(stored))
    except InvalidToken:
        raise ImproperlyConfigured(
            "A stored body can't be decrypted: FIELD_KEYS lacks the key that it was encrypted with."
        ) from None


def resealed(stored: str, tokens: Iterable[str]) -> tuple[str, int, int]:
    """The stored text with the tokens in it, which `seal` made, under the first key.

    Gives also how many were under another key, and how many no key opens.
    """
    renewed = unreadable = 0
    for token in filter(_TOKEN.fullmatch, tokens):
        try:
            _first(settings.FIELD_KEYS[0]).decrypt(token.encode())
        except InvalidToken:
            try:
                stored = stored.replace(token, _all().rotate(token.encode()).decode())
                renewed += 1
            except InvalidToken:
                unreadable += 1
    return stored, renewed, unreadable


def _all() -> MultiFernet:
    return _many(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=8)
def _many(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=8)
def _first(key: str) -> Fernet:
    return Fernet(key)
