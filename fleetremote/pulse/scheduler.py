"""Celery's clock, which shows with each look at what is due that it still goes."""

import socket
from typing import Any

from celery.beat import PersistentScheduler

from fleetremote.pulse.heart import BETWEEN, Heart
from fleets.storage.pulse import CLOCK
from fleets.storage.threads import repeat


class Scheduler(PersistentScheduler):
    """The file is touched by the looking itself: a clock that hangs is started again, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.heart = Heart(f"{CLOCK}@{socket.gethostname()}", CLOCK)
        super().__init__(*args, **kwargs)
        # Celery makes one to read the schedule only, too.
        if not kwargs.get("lazy"):
            repeat("pulse", self.heart.write, BETWEEN)

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        next_in = super().tick(*args, **kwargs)
        self.heart.hear()
        self.heart.beat()
        return next_in
