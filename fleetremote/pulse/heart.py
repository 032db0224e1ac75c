"""The signs of life of this process, in threads of its own.

A file is touched for whoever started it (launcher/supervisor.py, launcher/container/alive.py): it tells that the
process runs at all. A row tells when Celery gave it something to do last. Redis may be lost, full, or silent on a
connection that looks open, so a worker asks itself for a sign through its own queue. While none comes it polls the
rows; where Redis takes what it asks for and nothing is heard for DEAF seconds, it ends, to be started again.
"""

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, InterfaceError, close_old_connections

from fleets.storage import pulse

logger = logging.getLogger(__name__)

# Seconds between two signs; without work after which the rows are polled; and after which a worker ends: one that has
# threads to spare, and one of which all are busy, as long tasks may keep them.
BETWEEN = 2.0
SILENT = 8.0
DEAF = 45.0
STUCK = 900.0
# Seconds that what is under way then has to end.
GRACE = 25.0


@dataclass
class Heart:
    """Of the process `name`, which does the work of `kind` in so many threads. Touches PULSE_FILE, if that is set."""

    name: str
    kind: str
    threads: int = 1
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _heard: float = field(default_factory=lambda: time.monotonic())
    # When it asked itself first of what it has not heard.
    _asked: float | None = None

    def hear(self, busy: int = 0) -> None:
        """Celery gave it something to do (`busy` 1), that is done (-1), or it did something by itself."""
        with self._lock:
            self._busy += busy
            self._heard, self._asked = time.monotonic(), None

    def asked(self, *, is_taken: bool) -> None:
        """It asked itself for a sign; `is_taken`: Redis took that, so it should be heard."""
        if not is_taken:
            self._asked = None
        elif self._asked is None:
            self._asked = time.monotonic()

    def beat(self) -> None:
        """This process runs."""
        path = os.environ.get("PULSE_FILE")
        if path:
            Path(path).touch()

    def write(self) -> None:
        """Write the row. Where the database is away, nothing is."""
        close_old_connections()
        try:
            pulse.write(self.name, self.kind, self.silent)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The sign of life could not be written: %s", error)

    @property
    def silent(self) -> float:
        """Seconds since it heard something."""
        return time.monotonic() - self._heard

    @property
    def is_silent(self) -> bool:
        return self.silent > SILENT

    @property
    def is_deaf(self) -> bool:
        """Whether it did not hear what Redis took, for so long that starting again is all that helps."""
        patience = DEAF if self._busy < self.threads else STUCK
        return self._asked is not None and time.monotonic() - self._asked > patience


def end(name: str) -> None:
    """End this process as if it had been asked to stop, and at once when it does not obey."""
    logger.error("%s hears nothing though Redis takes its messages; it ends, to be started again.", name)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
