"""Whether SECRET_KEY and FIELD_KEYS can be keys: in words what is wrong, which never repeat them.

Asked by `script/server` before anything starts, and by the settings of each process.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from launcher.errors import LaunchError

SHORTEST = 32
# Different characters of a key, and different bytes of one for stored secrets: chance gives many more.
LEAST_DIFFERENT = 10

_FOR_SECRET_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'  # noqa: S105 - a command
_FOR_FIELD_KEY = 'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
# Of examples and templates, in small letters and without what separates words.
_PLACEHOLDERS = (
    "djangoinsecure",
    "changeme",
    "changethis",
    "replaceme",
    "yoursecretkey",
    "secretkeyhere",
    "placeholder",
)


class NoKey(ValueError):
    """In words which variable holds no key, why, and how to make one."""


def secret_key(text: str, name: str = "SECRET_KEY") -> str:
    """The key without what stands around it; raises NoKey for one that can be guessed."""
    key = text.strip()
    if fault := _fault_of_secret_key(key):
        raise NoKey(
            f"{name} {fault}. Set a random one of 50 characters, which this makes: {_FOR_SECRET_KEY} "
            "(everybody has to log in again then). script/server makes one itself where the variable is not set."
        )
    return key


def field_keys(text: str) -> list[str]:
    """Fernet keys, newest first, with commas between; raises NoKey at the first that is none."""
    keys = [key.strip() for key in text.split(",")]
    for number, key in enumerate(keys, 1):
        if fault := _fault_of_field_key(key):
            which = f"its key {number} of {len(keys)}" if len(keys) > 1 else "its key"
            raise NoKey(
                f"FIELD_KEYS: {which} {fault}. Each is 32 random bytes in URL-safe base64, 44 characters, the newest "
                f"first, with commas between. This makes one: {_FOR_FIELD_KEY} (keep those that are in use: stored "
                "secrets are under them). script/server makes one itself where the variable is not set."
            )
    return keys


def check_given(environ: Mapping[str, str]) -> None:
    """Raise LaunchError where the caller's environment has one of them, or the file of one, that is no key."""
    for name, check in (("SECRET_KEY", secret_key), ("FIELD_KEYS", field_keys)):
        try:
            if name in environ:
                check(environ[name])
            elif f"{name}_FILE" in environ:
                check(Path(environ[f"{name}_FILE"]).read_text())
        except (NoKey, UnicodeDecodeError) as error:
            raise LaunchError(str(error)) from None
        except OSError as error:
            raise LaunchError(f"{name}_FILE: {error.filename} can't be read: {error.strerror}.") from None


def _fault_of_secret_key(key: str) -> str:
    if not key:
        return "is empty"
    plain = "".join(letter for letter in key.lower() if letter.isalnum())
    if any(word in plain for word in _PLACEHOLDERS):
        return "is a placeholder that everybody knows"
    if len(key) < SHORTEST:
        return f"has {len(key)} characters, which can be guessed"
    if len(set(key)) < LEAST_DIFFERENT or _repeats(key):
        return "repeats itself, so that it can be guessed"
    return ""


def _fault_of_field_key(key: str) -> str:
    if not key:
        return "is empty"
    try:
        raw = base64.b64decode(key.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return "is no URL-safe base64"
    if len(raw) != 32:
        return f"holds {len(raw)} bytes, not 32"
    if len(set(raw)) < LEAST_DIFFERENT:
        return "repeats itself, so that it can be guessed"
    return ""


def _repeats(key: str) -> bool:
    """Whether it is a shorter text over and over."""
    return key in (key + key)[1:-1]
