"""Wakes a Celery task for a destination, once while a message for it waits. The sweep makes good a lost wake."""

from collections.abc import Iterable

from celery import current_app

from fleets.redis import best_effort, client

# By name, since tasks wake each other.
DISPATCH = "remotes.tasks.dispatch"
RECONCILE = "remotes.tasks.reconcile"
REFRESH_VEHICLE = "remotes.tasks.refresh_vehicle"
SETTLE = "remotes.tasks.settle"

# Seconds that a waiting message is trusted to be there still.
TRUST = 5


def wake(task: str, ids: Iterable[int]) -> None:
    """Send `task` one message for each id, unless one is waiting already; call it after commit."""

    def send() -> None:
        wanted = list(ids)
        pipeline = client().pipeline(transaction=False)
        for id in wanted:
            pipeline.set(_key(task, id), "1", nx=True, ex=TRUST)
        for id, first in zip(wanted, pipeline.execute(), strict=True):
            if first:
                current_app.send_task(task, [id])

    best_effort(send)


def wake_settle(vehicle_ids: Iterable[int]) -> None:
    """Have vehicles looked after whose actions have ended: one message, since a message costs more than an event."""
    best_effort(lambda: current_app.send_task(SETTLE, [list(vehicle_ids)]))


def woken(task: str, id: int) -> None:
    """The first thing that a task does: from here on a new wake sends a new message."""
    best_effort(lambda: client().delete(_key(task, id)))


def _key(task: str, id: int) -> str:
    return f"wake:{task}:{id}"
