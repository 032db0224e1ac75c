"""How delivering to a callback goes: for its page and the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
)

from callbacks.delivery.policy import LIFE
from callbacks.delivery.upcoming import next_try
from callbacks.models import Attempt, Batch, Callback, Notification
from fleets.storage import clock

SPAN = timedelta(hours=24)

# Rows of each table that are looked at, along an index, so that a busy callback's health costs no more than this.
ROWS = 10_000


@dataclass(frozen=True)
class Health:
    """`success_rate` is 0 to 1 of the `attempts` of the last 24 hours, the newest 10,000 at the most.

    `waiting` counts events that wait, batched or not yet; `parked` those of batches whose tries are used up.
    `next_try_at` is None when nothing is tried by itself. `p50` and `p95` are the time from an event to its delivery in
    the last 24 hours; what was replayed does not count there.
    """

    success_rate: float | None
    attempts: int
    oldest_waiting_at: datetime | None
    next_try_at: datetime | None
    waiting: int
    parked: int
    p50: timedelta | None
    p95: timedelta | None


def health(callback: Callback) -> Health:
    """Six statements; five for a Paused callback."""
    since = clock.now() - SPAN
    tried = (
        Attempt.objects.filter(callback=callback)
        .order_by("-pk")[:ROWS]
        .aggregate(
            all=Count("pk", filter=Q(at__gte=since)),
            good=Count("pk", filter=Q(at__gte=since, status__gte=200, status__lt=300)),
        )
    )
    formed = _batches(callback, Batch.State.WAITING).aggregate(
        events=Sum("event_count", default=0), oldest=Min("oldest_at")
    )
    loose = (
        Notification.objects.filter(callback=callback)
        .order_by("pk")[:ROWS]
        .aggregate(events=Count("pk"), oldest=Min("created_at"))
    )
    parked = _batches(callback, Batch.State.PARKED).aggregate(events=Sum("event_count", default=0))
    return Health(
        success_rate=tried["good"] / tried["all"] if tried["all"] else None,
        attempts=tried["all"],
        oldest_waiting_at=min(filter(None, [formed["oldest"], loose["oldest"]]), default=None),
        next_try_at=next_try(callback, clock.now()),
        waiting=formed["events"] + loose["events"],
        parked=parked["events"],
        **_times_to_deliver(callback, since),
    )


def _batches(callback: Callback, state: Batch.State) -> QuerySet[Batch]:
    return Batch.objects.filter(callback=callback, state=state).order_by("pk")[:ROWS]


class _Percentile(Aggregate):
    """percentile_cont of PostgreSQL: the value that so much of all lies below."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"


def _times_to_deliver(callback: Callback, since: datetime) -> dict[str, timedelta | None]:
    newest = Batch.objects.filter(callback=callback).order_by("-pk")[:ROWS]
    took = ExpressionWrapper(F("delivered_at") - F("oldest_at"), output_field=DurationField())
    # A replay has given its batches more time than events have.
    counted = Q(
        state=Batch.State.DELIVERED,
        kind=Batch.Kind.EVENTS,
        delivered_at__gte=since,
        expires_at__lte=ExpressionWrapper(F("oldest_at") + LIFE, output_field=DateTimeField()),
    )
    return newest.aggregate(
        p50=_Percentile(took, fraction=0.5, filter=counted), p95=_Percentile(took, fraction=0.95, filter=counted)
    )
