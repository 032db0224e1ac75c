"""A server that must not be reached, and a client whose connections are written down."""

import asyncio
import errno
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import aiohttp
from yarl import URL

from callbacks.delivery.addresses import Lookup, connector

PUBLIC = "93.184.215.14"
# What names lead to in these tests.
NAMES = {
    "public.example": [PUBLIC],
    "two.example": [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "private.example": ["10.0.0.7"],
    "loopback.example": ["127.0.0.1"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mixed-turned.example": ["127.0.0.1", PUBLIC],
    "mixed-six.example": [PUBLIC, "::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "zone.example": ["fe80::1%lo"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "garbage.example": ["127.0.0.1.example"],
    "localhost": ["127.0.0.1"],
    "x.localhost": ["127.0.0.1"],
}


class Victim:
    """Listens at one port of 127.0.0.1, 127.0.0.2 and, where there is IPv6, ::1; counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[str] = []
        self._listeners = [socket.create_server(("127.0.0.1", 0))]
        self.port = self._listeners[0].getsockname()[1]
        self._listeners.append(socket.create_server(("127.0.0.2", self.port)))
        with suppress(OSError):
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self.has_ipv6 = len(self._listeners) == 3
        self._threads = [threading.Thread(target=self._serve, args=[listener]) for listener in self._listeners]
        for thread in self._threads:
            thread.start()

    def forget(self) -> None:
        self.connections = 0
        self.requests.clear()

    def close(self) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            with link:
                self.requests.append(link.recv(10_000).decode().partition("\r\n")[0])
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def ask(names: Mapping[str, Sequence[str]]) -> Lookup:
    """A look-up that knows `names`, and else the forms of an address that the machine's knows. It asks nobody."""

    def lookup(host: str, port: int, **hints: Any) -> list[tuple[Any, ...]]:
        found = names.get(host.lower().removesuffix("."))
        if found is None:
            return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    return lookup


class Client:
    """Posts as the delivery does. `connected` are the addresses that it connected to, or would have.

    None but loopback is really connected to, so that a broken rule harms nobody.
    """

    def __init__(self, lookup: Lookup | None = None, **options: Any) -> None:
        self.connected: list[str] = []
        self._lookup = lookup or ask(NAMES)
        self._options = options

    def post(self, *targets: str | URL, follow: bool = False) -> list[int]:
        """Post to one after the other and give the statuses."""
        return asyncio.run(self._post(targets, follow))

    async def _post(self, targets: Sequence[str | URL], follow: bool) -> list[int]:
        self._watch(asyncio.get_running_loop())
        statuses = []
        async with aiohttp.ClientSession(connector=connector(10, self._lookup), **self._options) as session:
            for target in targets:
                async with session.post(target, data=b"{}", allow_redirects=follow) as answer:
                    statuses.append(answer.status)
        return statuses

    def _watch(self, loop: Any) -> None:
        connect = loop.sock_connect

        async def sock_connect(link: socket.socket, place: Any) -> None:
            self.connected.append(place[0])
            if not _is_loopback(place[0]):
                raise ConnectionRefusedError(errno.ECONNREFUSED, "a test would have left this machine")
            await connect(link, place)

        loop.sock_connect = sock_connect


def _is_loopback(text: str) -> bool:
    address = ip_address(text)
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
