"""Stands between processes and Redis, and swallows what those say that it is told of: the connections look open."""

import asyncio
import os
import socket
import struct
import threading
from pathlib import Path

_PEER = struct.calcsize("3i")


class BlackHole:
    """Listens on a Unix socket, where it knows who calls, and speaks with the Redis at another."""

    def __init__(self, path: Path, redis: Path) -> None:
        self.path, self._redis = path, redis
        self.swallowed: frozenset[int] = frozenset()
        """Processes from which nothing comes through, and to which nothing does."""
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        assert started.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await asyncio.start_unix_server(self._accept, self.path)
        os.chmod(self.path, 0o700)
        started.set()
        await self._end.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER)
        pid = struct.unpack("3i", peer)[0]
        lost = asyncio.Event()
        try:
            redis_reader, redis_writer = await asyncio.open_unix_connection(self._redis)
            await asyncio.gather(
                self._forward(pid, lost, reader, redis_writer), self._forward(pid, lost, redis_reader, writer)
            )
        except OSError:
            writer.close()

    async def _forward(
        self, pid: int, lost: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """A connection of which something was swallowed is never heard of again, as after a lost reset."""
        while data := await reader.read(65536):
            if pid in self.swallowed:
                lost.set()
            if not lost.is_set():
                writer.write(data)
                await writer.drain()
        if not lost.is_set():
            writer.close()
