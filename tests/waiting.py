"""Waits for a condition instead of for a time."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Return as soon as `condition` is true; fail with `what` when it isn't within `seconds`."""
    deadline = time.monotonic() + seconds
    pauses = growing_pauses()
    while not condition():
        assert time.monotonic() < deadline, f"{what} didn't happen within {seconds} s"
        time.sleep(next(pauses))


def growing_pauses(seconds: float = 0.02, longest: float = 0.2) -> Iterator[float]:
    """Seconds between one look and the next: most looks ask a server, which works for it beside what is waited for."""
    while True:
        yield seconds
        seconds = min(seconds * 1.2, longest)


def is_running(pid: int) -> bool:
    """Whether the process exists and isn't a zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes_with(marker: str) -> list[int]:
    """Return the running processes that have `marker` in their command line or environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if marker.encode() in text and is_running(int(entry.name)):
            found.append(int(entry.name))
    return found


def command_line(pid: int) -> str:
    """The process's command line; empty when it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
