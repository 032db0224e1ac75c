"""One server a FLEETREMOTE_HOME."""

import fcntl
import os
import time
from pathlib import Path

from launcher.errors import LaunchError

CLEANING_SECONDS = 6.0
"""How long the guardian of a killed server may hold the lock while it clears up."""


class HomeLock:
    """Held as long as this object, or a process that got `descriptor`, keeps the file open."""

    def __init__(self, home: Path, url: str) -> None:
        """Take the lock; LaunchError says who has it."""
        self.descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + CLEANING_SECONDS
        while not self._take():
            holder = self._holder()
            if holder is None or _is_alive(holder[0]) or time.monotonic() > deadline:
                os.close(self.descriptor)
                raise LaunchError(_refusal(home, holder))
            time.sleep(0.1)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()} {url}\n".encode(), 0)

    def _take(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> tuple[int, str] | None:
        pid, _, url = os.pread(self.descriptor, 500, 0).decode().strip().partition(" ")
        return (int(pid), url) if pid.isdigit() else None

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self.descriptor)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _refusal(home: Path, holder: tuple[int, str] | None) -> str:
    where = f" at {holder[1]} (process {holder[0]})" if holder else ""
    return (
        f"FleetRemote already runs{where} on the data in {home}. Stop that one first, or start "
        "this one with another FLEETREMOTE_HOME and another PORT."
    )
