"""The address that a webhook is posted to: one strict form, so that all who read it later read the same host."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urlsplit

from protocol.errors import Invalid

PLACE = "callback.webhook.target"

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_AUTHORITY = re.compile(rf"(\[[0-9a-f:.]+\]|{_NAME})(?::([0-9]{{1,5}}))?", re.IGNORECASE | re.ASCII)
_LONGEST_NAME = 254
# What getaddrinfo takes for an IPv4 address ends in such a label: 127.1, 0177.0.0.1, 0x7f.1, 2130706433.
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE | re.ASCII)
_PORTS = {"http": 80, "https": 443}
# What stays as it was registered: RFC 3986's reserved characters, and what is percent-encoded already.
_KEPT = "%:/?#[]@!$&'()*+,;=~"


@dataclass(frozen=True)
class Target:
    """`host` is as it was written, without brackets; `address` is it where it's a literal IP address."""

    scheme: str
    host: str
    address: IPv4Address | IPv6Address | None
    port: int


def read_target(text: str, place: str = PLACE) -> Target:
    """Read a webhook's target. Raises Invalid, at `place`, for what is no plain http or https address (RFC 3986)."""
    if not text.lower().startswith(("http://", "https://")):
        raise Invalid(place, "must be an http or https address")
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in text):
        raise Invalid(place, "must not hold spaces, control characters or backslashes")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise Invalid(place, "must be an http or https address") from None
    if "@" in parts.netloc:
        raise Invalid(place, "must not hold a user name or password; send them in a header, such as Authorization")
    found = _AUTHORITY.fullmatch(parts.netloc)
    if found is None:
        raise Invalid(
            place, "needs a host name in ASCII (others are written as xn--…) or an IP address, then a port or none"
        )
    host, port = found[1].strip("[]"), int(found[2] or _PORTS[parts.scheme])
    if not 1 <= port <= 65535:
        raise Invalid(place, "must have a port from 1 to 65535")
    return Target(parts.scheme, host, _literal(found[1], place), port)


def encoded(text: str) -> str:
    """The target as it goes onto the wire: nothing but ASCII, and no fragment."""
    return quote(text.partition("#")[0], safe=_KEPT, errors="replace")


def _literal(host: str, place: str) -> IPv4Address | IPv6Address | None:
    try:
        if host.startswith("["):
            return IPv6Address(host[1:-1])
        if _NUMBER.fullmatch(host):
            return IPv4Address(host)
    except AddressValueError:
        raise Invalid(place, "holds no IP address in its usual form, such as 192.0.2.1 or [2001:db8::1]") from None
    if len(host) > _LONGEST_NAME:
        raise Invalid(place, "has too long a host name")
    return None
