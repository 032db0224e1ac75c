"""When what waits for a callback is tried next: for its pages and the API."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from callbacks.models import Batch, Callback, Delivery

# Waiting batches that are looked at, the oldest first.
ROWS = 1_000


def next_tries(callback: Callback, now: datetime) -> dict[int, datetime]:
    """By the ids of its waiting batches, the oldest ROWS; empty while the callback is Paused. Never in the past."""
    if callback.status == Callback.Status.PAUSED:
        return {}
    waiting = Batch.objects.filter(callback=callback, state=Batch.State.WAITING).order_by("pk")
    rows = list(waiting.values_list("pk", "due_at", "order_keys")[:ROWS])
    if callback.status == Callback.Status.FAILED:
        # One of them is the next probe, and the others follow if it succeeds.
        return dict.fromkeys((pk for pk, _, _ in rows), _probe_at(callback, now) or now)
    return in_order(rows, now)


def next_try_of(batch: Batch, now: datetime) -> datetime | None:
    """When a batch is tried next; None while it is not. Beyond the oldest ROWS those before it are not looked at."""
    if batch.state != Batch.State.WAITING or batch.callback.status == Callback.Status.PAUSED:
        return None
    return next_tries(batch.callback, now).get(batch.pk, max(batch.due_at, now))


def next_try(callback: Callback, now: datetime) -> datetime | None:
    """When something is tried next, None when nothing is by itself."""
    if callback.status == Callback.Status.FAILED:
        # What is parked is probed, too.
        return _probe_at(callback, now)
    return min(next_tries(callback, now).values(), default=None)


def _probe_at(callback: Callback, now: datetime) -> datetime | None:
    at = Delivery.objects.filter(callback=callback).values_list("probe_at", flat=True).first()
    return None if at is None else max(at, now)


def in_order(rows: Iterable[tuple[int, datetime, Sequence[int]]], now: datetime) -> dict[int, datetime]:
    """Of batches (id, due, order keys), oldest first: a batch waits for those before it that share a key."""
    after: dict[int, datetime] = {}
    found: dict[int, datetime] = {}
    for pk, due_at, keys in rows:
        at = found[pk] = max([due_at, now, *(after[key] for key in keys if key in after)])
        after |= dict.fromkeys(keys, at)
    return found
