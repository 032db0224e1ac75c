"""Addresses, names, connections and proxies that are wrong."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Any
from unittest import mock

from gateways.diagnosis import way
from gateways.interface import Account
from tests.gateways.diagnosis.cases import Case, account, answered, at
from tests.tls.servers import PATIENCE, answer, raw_server, serving

HOST = "api.example.com"


def looked_up(result: Any) -> Callable[[], AbstractContextManager[Account]]:
    """A name service that answers so: the test's computer may have another, or none."""

    @contextmanager
    def start() -> Iterator[Account]:
        answer = {"side_effect": result} if not isinstance(result, list) else {"return_value": result}
        with mock.patch.object(socket, "getaddrinfo", **answer), mock.patch.object(way, "NAME_SECONDS", 0.3):
            yield account(f"https://{HOST}/connectedcar/v3")

    return start


def never(*_args: Any, **_kwargs: Any) -> Any:
    Event().wait(PATIENCE)
    raise OSError


def place(address: str) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))


@contextmanager
def closed() -> Iterator[Account]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield account(f"https://127.0.0.1:{port}/connectedcar/v3")


@contextmanager
def full() -> Iterator[Account]:
    """Nobody takes the connections, and no more can wait: as if a firewall threw them away."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(2)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield account(f"https://127.0.0.1:{listener.getsockname()[1]}/connectedcar/v3", connect_timeout=0.3)
        for each in waiting:
            each.close()


def by_proxy(says: bytes) -> Callable[[], AbstractContextManager[Account]]:
    @contextmanager
    def start() -> Iterator[Account]:
        with serving(says) as server:
            proxy = f"http://us:secret-of-the-proxy@127.0.0.1:{server.port}"
            yield account(f"https://{HOST}/connectedcar/v3", proxy=proxy)

    return start


@contextmanager
def by_plain_proxy() -> Iterator[Account]:
    """Its address says https."""
    with raw_server(lambda connection: connection.sendall(answer(400))) as port:
        yield account(f"https://{HOST}/v3", proxy=f"https://127.0.0.1:{port}")


@contextmanager
def by_silent_proxy() -> Iterator[Account]:
    with raw_server(silent) as port:
        yield account(f"https://{HOST}/v3", proxy=f"http://127.0.0.1:{port}", total_timeout=0.3)


def cut_short(connection: socket.socket) -> None:
    """Reset, as a firewall does."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def raw(handle: Callable[[socket.socket], None], **values: Any) -> Callable[[], AbstractContextManager[Account]]:
    @contextmanager
    def start() -> Iterator[Account]:
        with raw_server(handle) as port:
            yield account(f"https://127.0.0.1:{port}/connectedcar/v3", **values)

    return start


def silent(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


CASES = {
    "http where it is not allowed": Case(
        "address",
        "The address must begin with https://, or the credentials would go over the net unencrypted.",
        at("http://api.example.com/connectedcar/v3"),
        allow_http=False,
    ),
    "password in the address": Case(
        "address",
        "The address must hold no user name and no password. Enter them in their own fields and change the password.",
        at("https://us:secret@api.example.com/connectedcar/v3"),
    ),
    "metadata address": Case(
        "address",
        "169.254.169.254 is reserved for the network itself, so that no manufacturer's cloud is there. Check the "
        "address.",
        at("https://169.254.169.254/connectedcar/v3"),
    ),
    "proxy that is no address": Case(
        "address",
        "The proxy can't be used. It looks like http://proxy.example.com:3128.",
        at("https://api.example.com/connectedcar/v3", proxy="proxy:3128"),
    ),
    "unknown name": Case(
        "name",
        "There is no host api.example.com. Check how the name is written.",
        looked_up(socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
    ),
    "no name server": Case(
        "name",
        "api.example.com can't be looked up: no name server answers. Check this computer's network and DNS, or use a "
        "proxy.",
        looked_up(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")),
    ),
    "slow name server": Case(
        "name",
        "Nobody said in time where api.example.com is. Check this computer's DNS, or use a proxy.",
        looked_up(never),
    ),
    "name that leads to metadata": Case(
        "name",
        "api.example.com leads to 169.254.169.254, which is reserved for the network itself, so that nothing is sent "
        "there. Check the name, and this computer's DNS.",
        looked_up([place("169.254.169.254")]),
    ),
    "closed port": Case(
        "tcp", "127.0.0.1 refuses connections at port {port}. Check the port, or use a proxy.", lambda: closed()
    ),
    "firewall that drops": Case(
        "tcp",
        "127.0.0.1 does not answer at port {port}. Often a firewall is in between: let it through, or use a proxy.",
        lambda: full(),
    ),
    "proxy wants a password": Case(
        "tcp",
        "The proxy wants another user name and password (HTTP 407). Write them into its address: "
        "http://user:password@…",
        by_proxy(answer(407, "<h1>Proxy Authentication Required</h1>")),
    ),
    "proxy refuses": Case(
        "tcp",
        "The proxy does not let us through to api.example.com:443 (HTTP 403: Denied by policy). Have it allowed there.",
        by_proxy(answer(403, "<title>Denied by policy</title>")),
    ),
    "proxy reaches nobody": Case(
        "tcp",
        "The proxy can't reach api.example.com:443 (HTTP 502: no reason given). Check the address, then ask who runs "
        "the proxy.",
        by_proxy(answer(502)),
    ),
    "proxy that is none": Case(
        "tcp",
        "What answers at the proxy's address is no HTTP proxy. Check its address and port.",
        by_proxy(b"220 mail.example.com ESMTP\r\n"),
    ),
    "proxy without TLS": Case(
        "tcp",
        "No TLS connection to the proxy: wrong version number. Try it with http:// in front.",
        lambda: by_plain_proxy(),
    ),
    "silent proxy": Case(
        "tcp", "The proxy does not answer in time. Check its address and port.", lambda: by_silent_proxy()
    ),
    "plain HTTP": Case(
        "tls",
        "Plain HTTP is spoken at port {port}, not TLS. Check the port: for https it is mostly 443.",
        raw(lambda connection: connection.sendall(answer(400, "Bad request"))),
    ),
    "another protocol": Case(
        "tls",
        "What answers at port {port} does not speak TLS. Check the address and the port.",
        raw(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")),
    ),
    "reset in the handshake": Case(
        "tls",
        "The connection was cut during the TLS handshake. Check the port; often a firewall or a proxy is in between.",
        raw(cut_short),
    ),
    "silence in the handshake": Case(
        "tls",
        "The TLS handshake was not over in time. Try again; often a firewall is in between.",
        raw(silent, connect_timeout=0.3),
    ),
    "no HTTP": Case(
        "fleets",
        "What came back is no HTTP. Check the address and the port.",
        answered(b"220 mail.example.com ESMTP\r\n\r\n"),
    ),
}
