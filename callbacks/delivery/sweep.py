"""Finds callbacks with something to deliver, whatever was lost on the way, and clears away what is over."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from callbacks.delivery.forming import form
from callbacks.delivery.policy import LIFE
from callbacks.models import WAITING_STATES, Attempt, Batch, Callback, Notification
from callbacks.wake import wake_delivery
from fleets.storage import clock
from fleets.storage.kept import kept

SLICE = 5000


def sweep() -> None:
    """Wake the callbacks for which something is due and that no worker looks after."""
    wake_delivery(due(clock.now()))


def due(now: datetime, only: int | None = None) -> list[int]:
    """The callbacks to deliver to at `now` that no worker holds; `only` asks for a single one."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE if only is None else _DUE_ONE, {"now": now, "only": only})
        return [callback_id for (callback_id,) in cursor.fetchall()]


def is_late(before: datetime) -> bool:
    """Whether events have been due since `before` at a callback that runs and has nothing else under way."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"before": before})
        ((late,),) = cursor.fetchall()
    return bool(late)


def prune() -> None:
    """End what is older than 3 days, and delete in slices what is older than DELIVERY_DAYS or POSITION_DAYS."""
    now = clock.now()
    Batch.objects.filter(state__in=WAITING_STATES, expires_at__lte=now).update(state=Batch.State.EXPIRED)
    _expire_unformed(now)
    before = now - kept(settings.DELIVERY_DAYS)
    _delete_old(Attempt, "at", before, Q())
    # One that was replayed meanwhile stays for as long as its attempts.
    over = ~Q(state__in=WAITING_STATES) & (Q(tried_at__isnull=True) | Q(tried_at__lt=before))
    _delete_old(Batch, "formed_at", before, over)


def _expire_unformed(now: datetime) -> None:
    """Events that were not formed for 3 days, as while Paused, become expired batches, so that they are seen."""
    old = Notification.objects.filter(created_at__lt=now - LIFE).order_by().values_list("callback_id", flat=True)
    callbacks = Callback.objects.select_related("fleet", "created_by", "channel__created_by")
    for callback in callbacks.filter(pk__in=old.distinct()):
        more = True
        while more:
            with transaction.atomic():
                Callback.objects.select_for_update(of=["self"]).get(pk=callback.pk)
                more = form(callback, now, SLICE, state=Batch.State.EXPIRED, older_than=now - LIFE)[1]


def _delete_old(model: type[Attempt] | type[Batch], time: str, before: datetime, condition: Q) -> None:
    """Go through the table by ascending ids, which are also the oldest, and no further than there are old rows."""
    manager, last = model._default_manager, 0
    while True:
        rows = list(manager.filter(pk__gt=last).order_by("pk").values_list("pk", time)[:SLICE])
        if not rows or not any(at < before for _, at in rows):
            return
        first, last = rows[0][0], rows[-1][0]
        old = manager.filter(condition, pk__range=(first, last), **{f"{time}__lt": before})
        old._raw_delete(old.db)


_DUE = """
SELECT callback.id
FROM callbacks_callback callback
LEFT JOIN callbacks_delivery delivery ON delivery.callback_id = callback.id
WHERE callback.deleted_at IS NULL AND callback.status <> 'Paused'
    AND (delivery.lease_until IS NULL OR delivery.lease_until < clock_timestamp())
    AND (callback.status = 'Running' OR coalesce(delivery.probe_at, %(now)s) <= %(now)s)
    AND (
        EXISTS (
            SELECT FROM callbacks_batch batch
            WHERE batch.callback_id = callback.id AND batch.state = 'waiting'
                AND (batch.due_at <= %(now)s OR callback.status = 'Failed'))
        OR (SELECT first.created_at + callback.batch_window * interval '1 second' <= %(now)s
            FROM callbacks_notification first WHERE first.callback_id = callback.id ORDER BY first.id LIMIT 1)
        OR (callback.batch_size > 1 AND EXISTS (
            SELECT FROM callbacks_notification filled WHERE filled.callback_id = callback.id
            ORDER BY filled.id OFFSET callback.batch_size - 1 LIMIT 1))
        OR (callback.status = 'Failed' AND callback.subscribe #>> '{retryPolicy,policy}' IS DISTINCT FROM 'None'
            AND EXISTS (
                SELECT FROM callbacks_batch batch WHERE batch.callback_id = callback.id AND batch.state = 'parked'))
    )
"""

_LATE = """
SELECT EXISTS (
    SELECT FROM callbacks_callback callback
    WHERE callback.deleted_at IS NULL AND callback.status = 'Running'
        AND (SELECT first.created_at + callback.batch_window * interval '1 second' <= %(before)s
            FROM callbacks_notification first WHERE first.callback_id = callback.id ORDER BY first.id LIMIT 1)
        AND NOT EXISTS (
            SELECT FROM callbacks_batch batch WHERE batch.callback_id = callback.id AND batch.state = 'waiting')
)
"""
_DUE_ONE = _DUE + "    AND callback.id = %(only)s"
