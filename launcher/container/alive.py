"""The health check of a container whose process gives signs of life: `python -m launcher.container.alive`.

Docker restarts what has ended, never what stands still. So what gave no sign of life for STILL_SECONDS is killed, and
the container ends with it.
"""

import os
import signal
import sys
import time
from pathlib import Path

from launcher.supervisor import STILL_SECONDS

PROC = Path("/proc")
# What Docker's `init: true` runs as the first process; it ends with its child.
INITS = ("docker-init", "tini", "catatonit")


def main(pulse: Path, proc: Path = PROC) -> int:
    """The exit code: 0 while the file is fresh, else 1. There is none before the process has begun to work."""
    try:
        # Neither is set by whoever sets this host's clock: both are read from it, a moment apart.
        age = time.time() - pulse.stat().st_mtime
    except FileNotFoundError:
        return 1
    if abs(age) <= STILL_SECONDS:
        return 0
    # It may be the host that slept: whoever lives touches the file within two seconds.
    if _is_touched(pulse):
        return 0
    for pid in services(proc):
        _say(proc, f"Process {pid} gave no sign of life for {age:.0f} s: it is killed, to be started again.")
        os.kill(pid, signal.SIGKILL)
    return 1


def services(proc: Path = PROC) -> list[int]:
    """The processes that the container's first one has started; none outside of a container."""
    if (proc / "1/comm").read_text().strip() not in INITS:
        return []
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if pid != os.getpid() and _parent(proc, pid) == 1]


def _parent(proc: Path, pid: int) -> int:
    try:
        # The name in brackets may hold anything.
        return int((proc / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def _is_touched(pulse: Path, seconds: float = 3.0) -> bool:
    before, deadline = pulse.stat().st_mtime_ns, time.monotonic() + seconds
    while time.monotonic() < deadline:
        if pulse.stat().st_mtime_ns != before:
            return True
        time.sleep(0.1)
    return False


def _say(proc: Path, words: str) -> None:
    """Into the container's log."""
    try:
        (proc / "1/fd/2").write_text(f"{words}\n")
    except OSError:
        print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("PULSE_FILE", "/tmp/pulse"))))  # noqa: S108 - the container's own
