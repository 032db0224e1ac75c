"""Which browsers people have logged in from before: a signed cookie says so, by name, and opens nothing by itself.

Whoever tries a name from elsewhere can't keep out who comes from such a browser: their tries are counted apart. Names
stand in the cookie as keyed digests.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

_SALT = "console.entrance.browsers"
# Seconds since the last log-in.
LIFE = 180 * 24 * 3600
# People who have logged in from one browser.
MOST = 8


def known(request: HttpRequest | None, name: str) -> str:
    """What this browser is known by where the name has logged in from it; else empty."""
    found = _read(request) if request is not None else {}
    return str(found["browser"]) if _digest(name) in found.get("names", ()) else ""


def remember(request: HttpRequest, response: HttpResponseBase, name: str, *, anew: bool = False) -> None:
    """The name has logged in from here, or has shown in another way that it is theirs; `anew`: whatever was tried."""
    found, digest = _read(request), _digest(name)
    names = [digest, *(each for each in found.get("names", ()) if each != digest)][:MOST]
    browser = "" if anew else str(found.get("browser", ""))
    value = signing.dumps({"browser": browser or secrets.token_hex(12), "names": names}, salt=_SALT)
    response.set_cookie(
        cookie(), value, max_age=LIFE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax", path="/"
    )


def cookie() -> str:
    return settings.SESSION_COOKIE_NAME.replace("sessionid", "browser")


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found: dict[str, Any] = signing.loads(request.COOKIES.get(cookie(), ""), salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        return {}
    return found


def _digest(name: str) -> str:
    return salted_hmac(_SALT, name, algorithm="sha256").hexdigest()[:24]
