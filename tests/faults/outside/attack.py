"""One attack, from a process of its own: python -m tests.faults.outside.attack '<Plan as JSON>'

It prints `on` once it stands, and goes on until it is ended. Connections that the server closes are opened again, since
whoever attacks would do so. Loopback only.
"""

import asyncio
import json
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PAUSE = 0.2
"""Seconds until a closed connection is opened again."""


@dataclass(frozen=True)
class Plan:
    """`count` connections at a time to `path`, with these header lines. `size`: bytes that each claims to send."""

    kind: str
    port: int
    count: int
    path: str = "/login"
    headers: list[str] = field(default_factory=list)
    size: int = 0
    method: str = "POST"


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def silent(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    stood()
    await connection[0].read()


async def half_head(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    connection[1].write(f"{plan.method} {plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ".encode())
    stood()
    while not connection[0].at_eof():
        connection[1].write(b"a")
        with suppress(TimeoutError):
            await asyncio.wait_for(connection[0].read(), 1)


async def half_body(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """All but the last byte, as fast as it goes."""
    connection[1].write(_head(plan, f"Content-Length: {plan.size}"))
    await _send(connection[1], b"a" * (plan.size - 1))
    stood()
    await connection[0].read()


async def dripped_body(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    connection[1].write(_head(plan, f"Content-Length: {plan.size}") + b"a")
    stood()
    while not connection[0].at_eof():
        connection[1].write(b"a")
        with suppress(TimeoutError):
            await asyncio.wait_for(connection[0].read(), 1)


async def endless(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """In chunks of `size` bytes, without an end."""
    connection[1].write(_head(plan, "Transfer-Encoding: chunked"))
    chunk = b"%x\r\n%s\r\n" % (plan.size, b"a" * plan.size)
    chunk *= max(1, 65536 // len(chunk))
    stood()
    while not connection[0].at_eof():
        await _send(connection[1], chunk)


async def slow_reader(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """One byte a second of an answer."""
    connection[1].write(_head(plan, "Connection: close"))
    stood()
    while await connection[0].read(1):
        await asyncio.sleep(1)


async def repeated(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """Whole requests, one after the other, each with `size` bytes of JSON: `{}` and commas."""
    body = b"[" + b"{}," * (plan.size // 3) + b"{}]"
    connection[1].write(_head(plan, f"Content-Length: {len(body)}", "Content-Type: application/json"))
    await _send(connection[1], body)
    stood()
    await connection[0].read()


async def stream(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """Reads whatever comes."""
    connection[1].write(_head(plan))
    stood()
    while await connection[0].read(4096):
        pass


async def leaving(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """Asks and goes, again and again."""
    connection[1].write(_head(plan))
    stood()
    await asyncio.sleep(0.02)


async def flood(plan: Plan, connection: Connection, stood: Callable[[], None]) -> None:
    """One request after the other over the same connection, as fast as they are answered."""
    while not connection[0].at_eof():
        connection[1].write(_head(plan))
        head = await connection[0].readuntil(b"\r\n\r\n")
        stood()
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await connection[0].readexactly(int(length.partition(b":")[2]))


KINDS: dict[str, Callable[[Plan, Connection, Callable[[], None]], Awaitable[None]]] = {
    kind.__name__: kind
    for kind in (*(silent, half_head, half_body, dripped_body, endless, slow_reader, repeated, stream, leaving, flood),)
}


def _head(plan: Plan, *more: str) -> bytes:
    lines = [f"{plan.method} {plan.path} HTTP/1.1", "Host: 127.0.0.1", *plan.headers, *more, "", ""]
    return "\r\n".join(lines).encode()


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    view = memoryview(data)
    for start in range(0, len(view), 65536):
        writer.write(view[start : start + 65536])
        await writer.drain()


async def attack(plan: Plan) -> None:
    standing, all_stand = set[int](), asyncio.Event()

    async def one(number: int) -> None:
        def stood() -> None:
            standing.add(number)
            if len(standing) == plan.count:
                all_stand.set()

        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                sock = socket.socket()
                if plan.kind == "slow_reader":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                sock.setblocking(False)
                await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", plan.port))
                # Little is read ahead, so that what is not read stays with the server.
                connection = await asyncio.open_connection(sock=sock, limit=1024)
                try:
                    await KINDS[plan.kind](plan, connection, stood)
                finally:
                    connection[1].transport.abort()
            # What is refused at once stands as well as it can.
            stood()
            await asyncio.sleep(PAUSE)

    tasks = [asyncio.create_task(one(number)) for number in range(plan.count)]
    await all_stand.wait()
    print("on", flush=True)
    await asyncio.gather(*tasks)


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    plan = Plan(**json.loads(sys.argv[1]))
    asyncio.run(attack(plan))


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


if __name__ == "__main__":
    main()
