"""A subscriber's server that is no bottleneck, a process of its own: it counts what it gets, and can answer late.

    python -m benchmarks.sink PORT

POST /D/… is answered 200 after D milliseconds. GET /count/D tells how many came to /D/… and, of each of the last
thousand, when it came and with how many events; GET /wait/D/N answers the same once N have come. GET /clear forgets all
counts and answers at once whoever waits.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

KEPT = 1000


@dataclass
class Got:
    """What came to one path."""

    count: int = 0
    last: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=KEPT))


@dataclass
class State:
    """What all connections share. `heed` is called with each body."""

    heed: Callable[[bytes], object] = len
    got: dict[str, Got] = field(default_factory=dict)
    waiting: list[tuple[str, int, "Connection"]] = field(default_factory=list)
    late: dict["Connection", asyncio.TimerHandle] = field(default_factory=dict)

    def count(self, delay: str, body: bytes) -> None:
        self.heed(body)
        got = self.got.setdefault(delay, Got())
        got.count += 1
        got.last.append((time.time(), body.count(b'"remoteActionId"')))
        if self.waiting:
            self.tell()

    def tell(self) -> None:
        """Answer those who wait for a number that is reached."""
        for waiter in list(self.waiting):
            delay, number, connection = waiter
            got = self.got.setdefault(delay, Got())
            if got.count >= number:
                self.waiting.remove(waiter)
                connection.answer(json.dumps([got.count, list(got.last)]).encode())

    def clear(self) -> None:
        self.got.clear()
        for connection, timer in list(self.late.items()):
            timer.cancel()
            connection.answer()
        self.late.clear()


class Connection(asyncio.Protocol):
    """One keep-alive connection; a request at a time."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        timer = self._state.late.pop(self, None)
        if timer:
            timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head):
            self._received = b""
            method, path, _ = head.split(b" ", 2)
            self._take(method, path.decode().split("/")[1:], body)

    def answer(self, body: bytes = b"") -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    def _take(self, method: bytes, words: list[str], body: bytes) -> None:
        state = self._state
        if method == b"POST":
            state.count(words[0], body)
            self._answer_after(int(words[0]) / 1000)
        elif words[0] == "clear":
            state.clear()
            self.answer()
        else:
            state.waiting.append((words[1], int(words[2]) if words[0] == "wait" else 0, self))
            state.tell()

    def _answer_after(self, seconds: float) -> None:
        if not seconds:
            self.answer()
            return
        loop = asyncio.get_running_loop()
        self._state.late[self] = loop.call_later(seconds, self._answer_late)

    def _answer_late(self) -> None:
        del self._state.late[self]
        self.answer()


def _length(head: bytes) -> int:
    start = head.lower().find(b"\r\ncontent-length:")
    return int(head[start + 17 :].partition(b"\r")[0]) if start >= 0 else 0


async def listen(port: int, state: State) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: Connection(state), "127.0.0.1", port, backlog=4096)


async def _serve(port: int) -> None:
    server = await listen(port, State())
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
