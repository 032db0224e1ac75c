"""What the kernel does for our connections: whoever reads nothing at all is cut off, and little waits for each."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UNREAD_SECONDS = 30
"""How long what was sent may wait for a sign of life, or for a reader who takes anything of it."""

WAITING_BYTES = 128 * 1024
"""How much of an answer the kernel keeps for one reader."""

_TRIES = 100
_PAUSE = 0.1

_tasks: set[asyncio.Task[None]] = set()


def bound_connections() -> None:
    """Bound what comes in at this process's ports, as soon as they are open: the server opens them after its start."""
    task = asyncio.get_running_loop().create_task(_bound())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _bound() -> None:
    for _ in range(_TRIES):
        await asyncio.sleep(_PAUSE)
        found = False
        for listening in _listening():
            found = True
            # Each connection has them from here.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING_BYTES)
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
        if found:
            return


def _listening() -> Iterator[socket.socket]:
    """Our listening TCP sockets; on Linux alone, as this server is for it."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            ours = socket.socket(fileno=int(entry.name))
            try:
                is_tcp = ours.type == socket.SOCK_STREAM and ours.family in (socket.AF_INET, socket.AF_INET6)
                if is_tcp and ours.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield ours
            finally:
                # The file is the server's.
                ours.detach()
