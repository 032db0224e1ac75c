"""Turns signals into something a loop can wait for."""

import contextlib
import os
import select
import signal
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts the wishes to stop, and wakes the loop for them and for a child's end."""

    def __init__(self) -> None:
        """Take over the signals of this process."""
        self.wishes_to_stop = 0
        self._wake_up, wake_end = os.pipe()
        os.set_blocking(self._wake_up, False)
        os.set_blocking(wake_end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in STOPPING:
            # Under nohup a hang-up is ignored, and stays so.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            signal.signal(number, self._count)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.wishes_to_stop += 1

    def wait(self, seconds: float) -> None:
        """Sleep for `seconds`, or until a signal comes."""
        select.select([self._wake_up], [], [], max(0.0, seconds))
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_up, 4096)
