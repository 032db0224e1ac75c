"""A cloud that takes callbacks, and does harm to whoever sends it a remote action. A process of its own.

    python -m tests.faults.neighbours.bad_cloud PORT HARM

GET /seen tells what came: a Seen, as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

HARMS = ("drip", "hang", "large", "reset")
LARGE = 150_000_000
"""Bytes of an answer."""
_START = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"


@dataclass
class Seen:
    """How many remote actions came, the most at a time, those under way now, and when the first was over."""

    came: int = 0
    most: int = 0
    under_way: int = 0
    first_over_at: float = 0.0


class BadCloud:
    def __init__(self, harm: str) -> None:
        self._harm = harm
        self._seen = Seen()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await reader.readexactly(_length(head))
                method, target, _ = head.split(" ", 2)
                await self._answer(method, target, writer)
        writer.close()

    async def _answer(self, method: str, target: str, writer: asyncio.StreamWriter) -> None:
        path = target.partition("?")[0]
        if method == "POST" and path.endswith("/remotes"):
            await self._do_harm(writer)
        elif path == "/seen":
            await _json(writer, asdict(self._seen))
        elif path.endswith("/remotes"):
            await _json(writer, {"_embedded": {"remoteActions": []}, "total": 0})
        else:
            await _json(writer, {"callbackId": "c1", "status": "Running"})

    async def _do_harm(self, writer: asyncio.StreamWriter) -> None:
        seen = self._seen
        seen.came += 1
        seen.under_way += 1
        seen.most = max(seen.most, seen.under_way)
        try:
            await _HARM[self._harm](writer)
        finally:
            seen.under_way -= 1
            seen.first_over_at = seen.first_over_at or time.time()
            writer.transport.abort()


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(_START + b"X: ")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _hang(writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def _large(writer: asyncio.StreamWriter) -> None:
    writer.write(_START + b"Content-Length: %d\r\n\r\n{" % LARGE)
    for _ in range(LARGE // 65536):
        writer.write(b" " * 65536)
        await writer.drain()


async def _reset(_writer: asyncio.StreamWriter) -> None:
    pass


_HARM = dict(zip(HARMS, (_drip, _hang, _large, _reset), strict=True))


def _length(head: str) -> int:
    lines = (line.partition(":") for line in head.lower().split("\r\n"))
    return next((int(value) for name, _, value in lines if name == "content-length"), 0)


async def _json(writer: asyncio.StreamWriter, document: object) -> None:
    body = json.dumps(document).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def main(words: Sequence[str]) -> None:
    server = await asyncio.start_server(BadCloud(words[1]).serve, "127.0.0.1", int(words[0]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
