"""Sends batches once more because a person or a client asks for it: the same bytes under the same id."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from callbacks.delivery.policy import LIFE
from callbacks.models import Batch, Callback
from callbacks.wake import wake_delivery
from fleets.storage import clock

SLICE = 1000


def failures(callback: Callback, since: datetime, until: datetime | None = None) -> QuerySet[Batch]:
    """Batches formed in that span that were tried and did not arrive: parked or expired."""
    return replayable(callback, since, until).filter(state__in=[Batch.State.PARKED, Batch.State.EXPIRED])


def replayable(callback: Callback, since: datetime, until: datetime | None = None) -> QuerySet[Batch]:
    """All batches formed in that span, delivered or not."""
    rows = Batch.objects.filter(callback=callback, formed_at__gte=since)
    return rows.filter(formed_at__lt=until) if until else rows


def replay(callback: Callback, batches: QuerySet[Batch]) -> int:
    """Put the batches back in line with all their tries, for 3 more days. Gives how many; those waiting are left."""
    now = clock.now()
    pks = list(batches.exclude(state=Batch.State.WAITING).order_by("pk").values_list("pk", flat=True))
    again = 0
    for start in range(0, len(pks), SLICE):
        rows = Batch.objects.filter(pk__in=pks[start : start + SLICE]).exclude(state=Batch.State.WAITING)
        again += rows.update(
            state=Batch.State.WAITING, due_at=now, expires_at=now + LIFE, tries=0, releases=0, delivered_at=None
        )
    transaction.on_commit(lambda: wake_delivery([callback.pk]))
    return again
