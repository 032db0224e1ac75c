"""Wakes the delivery of callbacks. A lost wake is made good by the sweep (callbacks/delivery/sweep.py)."""

from collections.abc import Iterable

from fleets.storage.wake import wake_together

DELIVER = "callbacks.tasks.deliver"

# Callbacks in one message: few messages, but enough for several workers to share the callbacks.
TOGETHER = 5


def wake_delivery(callback_ids: Iterable[int]) -> None:
    """Have what waits for these callbacks delivered; call it after commit."""
    ids = list(callback_ids)
    for start in range(0, len(ids), TOGETHER):
        wake_together(DELIVER, ids[start : start + TOGETHER])
