"""Wakes a Celery task for a destination, once while a message for it waits. Sweeps make good a lost wake."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from celery import current_app

from fleets.storage.redis import best_effort, client

# Seconds that a waiting message is trusted to be there still.
TRUST = 5


# Redis hands out messages of a lower number first.
URGENT, USUAL = 0, 5
# What kombu's Redis transport adds to the name of a queue for the step of USUAL, which is 3.
_STEP_OF_USUAL = "\x06\x163"


# Takes a task and its arguments, or not.
Taker = Callable[[str, list[object]], bool]
_this = threading.local()


@contextmanager
def handing_to(take: Taker) -> Iterator[None]:
    """Hand what this thread wakes meanwhile to `take`; a message is sent for what it does not take."""
    _this.take = take
    try:
        yield
    finally:
        del _this.take


def wake(task: str, ids: Iterable[int], *, urgent: bool = False) -> None:
    """Send `task` one message for each id, unless one is waiting already; call it after commit.

    An urgent one overtakes those that wait.
    """
    priority = URGENT if urgent else USUAL
    take = _taker()
    left = ids if take is None else [id for id in ids if not take(task, [id])]

    def send() -> None:
        for id in _without_message(task, left, urgent):
            current_app.send_task(task, [id], priority=priority)

    best_effort(send)


def wake_together(task: str, ids: Iterable[int]) -> None:
    """Send `task` one message with all ids for which none is waiting already; call it after commit."""
    take, found = _taker(), list(ids)
    if found and take is not None and take(task, [found]):
        return

    def send() -> None:
        if wanted := _without_message(task, found):
            current_app.send_task(task, [wanted], priority=USUAL)

    best_effort(send)


def woken(task: str, *ids: int) -> None:
    """The first thing that a task does: from here on a new wake sends a new message."""
    best_effort(lambda: client().delete(*(_key(task, id, urgent) for id in ids for urgent in (True, False))))


def backlog(queue: str) -> int:
    """How many messages wait in a queue, urgent ones left out; 0 while Redis is lost."""
    found: list[int] = []
    best_effort(lambda: found.append(client().llen(f"{queue}{_STEP_OF_USUAL}")))
    return found[0] if found else 0


def _taker() -> Taker | None:
    return getattr(_this, "take", None)


def _without_message(task: str, ids: Iterable[int], urgent: bool = False) -> list[int]:
    wanted = list(ids)
    pipeline = client().pipeline(transaction=False)
    for id in wanted:
        pipeline.set(_key(task, id, urgent), "1", nx=True, ex=TRUST)
    return [id for id, first in zip(wanted, pipeline.execute(), strict=True) if first]


def _key(task: str, id: int, urgent: bool) -> str:
    return f"wake:{task}:{id}{':urgent' if urgent else ''}"
