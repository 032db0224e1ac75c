"""Settings about how people log in: roles by name, and the provider of single sign-on."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from fleetremote.environment.reading import items
from fleets.rights import ROLES

_HERE = {"127.0.0.1", "localhost", "::1"}
# As much as the library's table has room for.
_LONGEST = 200


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
    parts = urlsplit(text)
    is_fine = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if not is_fine or not parts.hostname or parts.query or parts.fragment or len(text) > _LONGEST:
        raise ImproperlyConfigured(f"{name} is {text!r}. Write the issuer's address, such as https://id.example.com.")
    for needed in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not os.environ.get(needed) and not os.environ.get(f"{needed}_FILE"):
            raise ImproperlyConfigured(f"{name} is set, and {needed} is not. The provider gives both to its clients.")
    return text


def origins(address: str) -> list[str]:
    """The origin of the address, for the Content-Security-Policy; none for an empty one."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
