"""Whose request it is: a proxy that is trusted says so, and nobody else.

Settled once for each request, so that all below it, REMOTE_ADDR included, has the same address.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

from fleetremote.front.asgi_types import Scope

Address = IPv4Address | IPv6Address

_FORWARDED_FOR = b"x-forwarded-for"
_HOPS = 50
"""More than this many are no way that a request has come."""


def with_client_address(scope: Scope) -> Scope:
    """The scope with the address of whoever asks where the connection is a trusted proxy's."""
    peer, trusted = _peer(scope), settings.TRUSTED_PROXIES
    if peer is None or not _is_in(peer, trusted):
        return scope
    return {**scope, "client": (str(_asker(peer, _named(scope), trusted)), 0)}


def is_trusted(scope: Scope) -> bool:
    """Whether the connection is a trusted proxy's; asked of the scope as it came."""
    peer = _peer(scope)
    return peer is not None and _is_in(peer, settings.TRUSTED_PROXIES)


def _peer(scope: Scope) -> Address | None:
    """Who is at the other end of the connection; None without an address, and where nobody is trusted."""
    return _read(scope["client"][0]) if settings.TRUSTED_PROXIES and scope.get("client") else None


def who_counts(scope: Scope) -> str:
    """Whose tries are counted together: an IPv4 address, or the /64 that one customer has of IPv6; empty for nobody."""
    host = (scope.get("client") or ("",))[0]
    address = _read(host)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address) if address else str(host)


def _asker(peer: Address, named: Sequence[str], trusted: Sequence[str]) -> Address:
    """The last address that no trusted proxy has: each proxy adds at the end whom it has heard, so what stands before
    that may be made up.
    """
    found = peer
    for text in reversed(named[-_HOPS:]):
        address = _read(text)
        if address is None:
            return found
        found = address
        if not _is_in(address, trusted):
            return found
    return found


def _named(scope: Scope) -> list[str]:
    """What the header holds, however often it is there."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED_FOR]
    return [item.strip() for item in ",".join(values).split(",")] if values else []


def _read(text: str) -> Address | None:
    """An address as proxies write it, some of them with a port; None for anything else."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Sequence[str]) -> bool:
    return any(address in _network(network) for network in networks)


@lru_cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)
