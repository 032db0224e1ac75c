"""The web server and the bounds that it runs within: `python -m launcher.container.web --host H --port P --workers N`.

`script/server`, the image and the benchmarks all start it by this module, so that there is one list of options
(docs/bounds.md says why each is what it is).
"""

import argparse
import os
import resource
import sys
from collections.abc import Sequence

TARGET = "fleetremote.asgi:application"

SHUTDOWN_SECONDS = 2
"""How long it waits for open requests: a live page's stream never ends by itself."""

HEADER_SECONDS = 13
"""How long a connection may take to send its next request's head, and so how long an idle one stays open. No round
number: a program that asks every 10 seconds would always send just when its connection is closed.
"""

CONNECTIONS = 8192
"""Open connections that a worker takes; a later one waits until one of them ends."""

_LEAST_CONNECTIONS = 128

OTHER_FILES = 512
"""Files that a worker may open besides: its program, its threads' database connections, Redis."""

LARGEST_HEAD = 16 * 1024
"""Bytes of a request's head; as much of an answer waits in a connection."""

MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""For the C library: what bodies and answers have taken goes back to the system, and not to each thread's own store."""

BACKLOG = 4096
"""Connections that the kernel keeps until a worker takes them."""


def words(host: str, port: int, workers: int, files: int) -> list[str]:
    """The command's arguments for granian; `files` are those that a process may have open."""
    return [
        *("--interface", "asgi", "--loop", "uvloop", "--host", host, "--port", str(port), "--workers", str(workers)),
        # A second way of speaking, or of keeping a connection, would be a second list of bounds.
        *("--http", "1", "--no-ws"),
        *("--http1-header-read-timeout", str(HEADER_SECONDS * 1000), "--http1-buffer-size", str(LARGEST_HEAD)),
        *("--backlog", str(BACKLOG), "--backpressure", str(connections(files))),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", str(SHUTDOWN_SECONDS)),
        *("--no-access-log", "--log-level", "warning", TARGET),
    ]


def connections(files: int) -> int:
    """How many connections a worker takes that may have so many files open."""
    return max(_LEAST_CONNECTIONS, min(CONNECTIONS, files - OTHER_FILES))


def open_files() -> int:
    """Raise how many files this process, and what it starts, may have open to what it may raise it to; gives that."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS + OTHER_FILES)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def main(arguments: Sequence[str]) -> None:
    """Become the web server: this process is replaced."""
    parser = argparse.ArgumentParser(prog="python -m launcher.container.web", description="FleetRemote's web server.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    given = parser.parse_args(arguments)
    argv = [sys.executable, "-m", "granian", *words(given.host, given.port, given.workers, open_files())]
    os.execve(sys.executable, argv, {**MEMORY, **os.environ})  # noqa: S606 - our own interpreter, and no shell


if __name__ == "__main__":
    main(sys.argv[1:])
