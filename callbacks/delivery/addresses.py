"""Who may be called: the rules for a callback's target, checked at registration and at each connection.

Registration resolves no name, since what a name leads to can change. A connection goes to the address that was checked.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType, Connection
from aiohttp.tracing import Trace
from django.conf import settings

from callbacks.delivery.public_addresses import IPAddress, is_public, plain
from protocol.canonical.targets import PLACE, Target, read_target
from protocol.errors import Invalid

# Seconds that the answer of a look-up is kept.
LOOKUP_LIFE = 10
# Look-ups at a time. They have threads of their own, so that names that don't resolve hold up nothing else.
LOOKUPS = 32

Lookup = Callable[..., list[tuple[Any, ...]]]
"""Takes and gives what socket.getaddrinfo does."""

_LOOPBACK = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_scheme: ContextVar[str] = ContextVar("scheme of the request that a connection is made for")


class AddressRefused(OSError):
    """An address that may not be called, in words for a person."""

    def __init__(self, words: str) -> None:
        super().__init__(errno.EACCES, words)

    def __str__(self) -> str:
        return str(self.strerror)


@dataclass(frozen=True)
class Rules:
    """In `networks` all is allowed; elsewhere only public addresses, by https or where allowed http, at `ports`."""

    allow_http: bool
    ports: frozenset[int]
    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def from_settings(cls) -> "Rules":
        return cls(
            allow_http=settings.CALLBACK_ALLOW_HTTP,
            ports=frozenset(settings.CALLBACK_ALLOWED_PORTS),
            networks=tuple(map(ip_network, settings.CALLBACK_ALLOWED_NETWORKS)),
        )

    def names(self, address: IPAddress) -> bool:
        """Whether one of `networks` holds the address."""
        return any(plain(address) in network for network in self.networks)

    def check_address(self, address: IPAddress, name: str = "") -> None:
        """Raise AddressRefused for an address that no request may go to; `name` is what led to it."""
        if not self.names(address) and not is_public(address):
            subject = f"{name} leads to {address}, which" if name else str(address)
            raise AddressRefused(f"{subject} is not a public address. {_allowed_by('CALLBACK_ALLOWED_NETWORKS')}")

    def check_scheme(self, scheme: str) -> None:
        if scheme != "https" and not self.allow_http:
            raise AddressRefused(f"Only https addresses are called. {_allowed_by('CALLBACK_ALLOW_HTTP')}")

    def check_port(self, port: int) -> None:
        if port not in self.ports:
            ports = ", ".join(map(str, sorted(self.ports)))
            raise AddressRefused(f"Port {port} is not called, only {ports}. {_allowed_by('CALLBACK_ALLOWED_PORTS')}")

    def check(self, scheme: str, port: int, address: IPAddress) -> None:
        """Raise AddressRefused unless a request may go to exactly there."""
        self.check_address(address)
        if not self.names(address):
            self.check_scheme(scheme)
            self.check_port(port)


def check_target(target: str) -> None:
    """Refuse at registration what could never be called. Raises Invalid with the place of the target."""
    try:
        _check_unresolved(Rules.from_settings(), read_target(target))
    except AddressRefused as refused:
        raise Invalid(PLACE, str(refused)) from None


def connector(limit: int, lookup: Lookup = socket.getaddrinfo) -> aiohttp.TCPConnector:
    """Connections for an aiohttp.ClientSession, at most `limit` (0: any number), to no address but those allowed.

    What is refused raises aiohttp.ClientConnectorError with an AddressRefused as its `os_error`. The rules are those of
    the settings when this is called.
    """
    return _Connector(limit, Rules.from_settings(), lookup)


class _Connector(aiohttp.TCPConnector):
    def __init__(self, limit: int, rules: Rules, lookup: Lookup) -> None:
        self._lookups = _Resolver(rules, lookup)
        self._rules = rules
        super().__init__(
            limit=limit, resolver=self._lookups, ttl_dns_cache=LOOKUP_LIFE, socket_factory=self._open_socket
        )

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        before = _scheme.set(req.url.scheme)
        try:
            return await super().connect(req, traces, timeout)
        finally:
            _scheme.reset(before)

    async def close(self, *, abort_ssl: bool = False) -> None:
        await super().close(abort_ssl=abort_ssl)
        await self._lookups.close()

    def _open_socket(self, info: AddrInfoType) -> socket.socket:
        """Check the very address that is connected to next: literal ones come here without being looked up."""
        family, kind, protocol, _, place = info
        self._rules.check(_scheme.get(), int(place[1]), _read(str(place[0])))
        return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Looks names up, and refuses one as a whole when any of its addresses is refused."""

    def __init__(self, rules: Rules, lookup: Lookup) -> None:
        self._rules = rules
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        infos = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, host, port, family)
        found = [_result(host, info) for info in infos if info[0] in (socket.AF_INET, socket.AF_INET6)]
        if not found:
            raise OSError(errno.ENOENT, f"{host} leads to no address")
        for result in found:
            self._rules.check_address(_read(result["host"]), host)
        return found

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, host: str, port: int, family: int) -> list[tuple[Any, ...]]:
        try:
            return self._lookup(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
        except UnicodeError as error:
            raise OSError(errno.EINVAL, f"{host} is no host name") from error


def _check_unresolved(rules: Rules, target: Target) -> None:
    if target.address:
        rules.check(target.scheme, target.port, target.address)
        return
    if _is_this_machine(target.host):
        if not any(rules.names(address) for address in _LOOPBACK):
            raise AddressRefused(f"{target.host} is no public address. {_allowed_by('CALLBACK_ALLOWED_NETWORKS')}")
        return
    rules.check_scheme(target.scheme)
    # A name may lead into an allowed network, where any port is fine.
    if not rules.networks:
        rules.check_port(target.port)


def _is_this_machine(name: str) -> bool:
    name = name.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def _read(text: str) -> IPAddress:
    try:
        return ip_address(text)
    except ValueError:
        raise AddressRefused(f"{text} is no IP address.") from None


def _result(name: str, info: tuple[Any, ...]) -> ResolveResult:
    family, _, protocol, _, place = info
    return ResolveResult(
        hostname=name, host=place[0], port=place[1], family=family, proto=protocol, flags=socket.AI_NUMERICHOST
    )


def _allowed_by(setting: str) -> str:
    return f"Whoever runs FleetRemote can allow it ({setting})."
