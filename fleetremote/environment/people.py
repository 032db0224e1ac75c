"""Settings about how people log in: roles by name, and the provider of single sign-on."""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from fleetremote.environment.reading import items
from fleets.rights import ROLES

_HERE = {"127.0.0.1", "localhost", "::1"}
# As much as the library's table has room for.
_LONGEST = 200
_HOST = re.compile(r"[\w.:-]+", re.ASCII)


def roles(name: str) -> list[str]:
    """Roles of fleets/rights.py, with commas between. Raises ImproperlyConfigured for another word."""
    found = items(name)
    unknown = [role for role in found if role not in ROLES]
    if unknown:
        raise ImproperlyConfigured(
            f"{name}: there is no role {unknown[0]!r}. Write some of {', '.join(sorted(ROLES))}."
        )
    return found


def issuer(name: str) -> str:
    """The address of a provider of OpenID Connect, as it names itself; empty without one. It begins with https://,
    but for one on this machine. Raises ImproperlyConfigured.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return ""
    if not _is_issuer(text):
        raise ImproperlyConfigured(f"{name} is {text!r}. Write the issuer's address, such as https://id.example.com.")
    for needed in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not os.environ.get(needed, "").strip() and not os.environ.get(f"{needed}_FILE"):
            raise ImproperlyConfigured(f"{name} is set, and {needed} is not. The provider gives both to its clients.")
    return text


def _is_issuer(text: str) -> bool:
    """Whether it may stand in headers as it is, and names nobody who asks."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
    has_more = bool(parts.query or parts.fragment or "@" in parts.netloc or port == 0)
    return is_safe and bool(_HOST.fullmatch(host)) and not has_more and len(text) <= _LONGEST and " " not in text


def origins(address: str) -> list[str]:
    """The origin of the address, for the Content-Security-Policy; none for an empty one."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
