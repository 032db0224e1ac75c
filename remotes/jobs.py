"""The tasks that remote actions wake, by name, since tasks wake each other."""

from collections.abc import Iterable

from celery import current_app

from fleets.storage.redis import best_effort
from fleets.storage.wake import wake, woken

__all__ = [
    "CHECK_GATEWAY",
    "DISPATCH",
    "PACE",
    "READ_STATES",
    "RECONCILE",
    "REFRESH_VEHICLE",
    "SWEEPS",
    "wake",
    "wake_settle",
    "woken",
]

CHECK_GATEWAY = "remotes.tasks.check_gateway"
DISPATCH = "remotes.tasks.dispatch"
PACE = "remotes.tasks.pace"
RECONCILE = "remotes.tasks.reconcile"
READ_STATES = "remotes.tasks.read_states"
REFRESH_VEHICLE = "remotes.tasks.refresh_vehicle"
SETTLE = "remotes.tasks.settle"

# The queue of all but sendings and deliveries.
SWEEPS = "sweeps"


def wake_settle(vehicle_ids: Iterable[int]) -> None:
    """Have vehicles looked after whose actions have ended: one message, since a message costs more than an event."""
    best_effort(lambda: current_app.send_task(SETTLE, [list(vehicle_ids)]))
