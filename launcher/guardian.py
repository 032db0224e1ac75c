"""A watcher that outlives the supervisor for a moment and leaves nothing behind.

The supervisor tells it on a pipe which process groups exist. When the pipe breaks, because the
supervisor was killed, the guardian stops all that are left. A parent-death signal wouldn't do:
it doesn't reach the processes that our children started themselves (granian's workers).
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 3.0
"""How long orphaned processes may take to stop by themselves."""


class Guardian:
    """The supervisor's end of the pipe."""

    def __init__(self, keep_open: Iterable[int] = ()) -> None:
        """Start the watcher; it holds the file descriptors in `keep_open` until its work is done."""
        self._keep_open = tuple(keep_open)
        self._groups: dict[int, int] = {}
        self._process = self._start()

    def watch(self, group: int, stop_signal: int) -> None:
        """Have the process group `group` stopped with `stop_signal` if we die."""
        self._groups[group] = stop_signal
        self._tell(f"+{group} {stop_signal}\n")

    def forget(self, group: int) -> None:
        """Take the process group from the list: it has ended."""
        if self._groups.pop(group, None) is not None:
            self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the watcher, and with it all that is still on its list."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait(timeout=GRACE_SECONDS + 5)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            # Isolated from a clock that is moved, too: under libfaketime `time.sleep` fails.
            env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=self._keep_open,
        )

    def _tell(self, line: str) -> None:
        try:
            self._write(line)
        except OSError:
            self._process.wait()
            self._process = self._start()
            for group, stop_signal in self._groups.items():
                self._write(f"+{group} {stop_signal}\n")

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS says so for a group of zombies only.
        return False
    return True


def stop_groups(groups: dict[int, int], grace: float) -> None:
    """Stop every group (group → its stop signal); after `grace` seconds kill what is left."""
    left = {group for group, number in groups.items() if signal_group(group, number)}
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    """Read the list until the pipe breaks, then stop all that is on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            group, stop_signal = line[1:].split()
            groups[int(group)] = int(stop_signal)
        else:
            groups.pop(int(line[1:]), None)
    stop_groups(groups, GRACE_SECONDS)


if __name__ == "__main__":
    main()
