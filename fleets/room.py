"""Room for a gateway among the threads of this worker, so that a cloud that hangs holds up nobody else's.

What finds no room waits without a thread, and whoever is done goes on with it. It waits in this process alone: what is
lost with it is found by the next sweep, as a lost wake is.
"""

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

from fleets.storage.wake import wake, woken

logger = logging.getLogger(__name__)

# Seconds after which a thread gives what still waits back to the queue, so that a worker can be stopped.
STRETCH = 3.0


@dataclass(frozen=True)
class Job:
    """What a message asks for: the task, the id that it carries, and what does it. An urgent one goes first.

    A spare one never takes the last free thread, and is dropped where there is no room, for the next sweep to find.
    """

    task: str
    id: int
    do: Callable[[int], None]
    urgent: bool = False
    spare: bool = False


class Room:
    """The threads of a worker; `threads` 0: without bounds, as outside of a worker."""

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads
        self._lock = threading.Lock()
        self._busy: Counter[int] = Counter()
        # By gateway and urgency, in the order in which they came.
        self._waiting: dict[tuple[int, bool], dict[tuple[str, int], Job]] = defaultdict(dict)

    def enter(self, gateway_id: int, job: Job) -> bool:
        """Whether there is room for the job now; else it waits, once however often it is asked for.

        A gateway gets half of what the others leave free: one that hangs half of all threads, a second one a quarter.
        """
        with self._lock:
            own = self._busy[gateway_id]
            others = self._busy.total() - own
            if job.spare and self.threads and own + others + 1 >= max(2, self.threads):
                return False
            if not self.threads or own < max(1.0, (self.threads - others) / 2):
                self._busy[gateway_id] += 1
                return True
            if not job.spare:
                self._waiting[gateway_id, job.urgent].setdefault((job.task, job.id), job)
            return False

    def next(self, gateway_id: int) -> Job | None:
        """What waits for the gateway's room, urgent first, to be done in the room that the caller has."""
        with self._lock:
            waiting = self._waiting[gateway_id, True] or self._waiting[gateway_id, False]
            return waiting.pop(next(iter(waiting))) if waiting else None

    def is_wanted(self, gateway_id: int) -> bool:
        """Whether anything waits for the gateway's room, or no thread is left for anybody else."""
        with self._lock:
            waits = self._waiting.get((gateway_id, True)) or self._waiting.get((gateway_id, False))
            return bool(waits) or 1 < self.threads <= self._busy.total()

    def leave(self, gateway_id: int) -> None:
        with self._lock:
            self._busy[gateway_id] -= 1


# That of this process; a worker says how many threads it has (fleetremote/celery.py).
ROOM = Room()


def within(gateway_id: int, job: Job, room: Room = ROOM) -> None:
    """The first thing that a task does: the job and then what waits, or leave it to who has the gateway's room.

    Raises what the job raises.
    """
    woken(job.task, job.id)
    if not room.enter(gateway_id, job):
        return
    try:
        job.do(job.id)
        _go_on(gateway_id, room)
    finally:
        room.leave(gateway_id)
        if (left := room.next(gateway_id)) is not None:
            wake(left.task, [left.id], urgent=left.urgent)


def _go_on(gateway_id: int, room: Room) -> None:
    ends = time.monotonic() + STRETCH
    while time.monotonic() < ends and (job := room.next(gateway_id)) is not None:
        # As between two messages.
        close_old_connections()
        try:
            job.do(job.id)
        except Exception:
            logger.exception("%s failed for %s", job.task, job.id)
