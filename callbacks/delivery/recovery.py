"""What failures and successes mean for a callback as a whole: Failed after repeated exhaustion, probed, and back.

A callback's row is locked before its delivery's, as a person's pause and resume do it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from callbacks import status
from callbacks.delivery.policy import FAILED_AFTER, FIRST_PROBE, LIFE, RELEASE_PAUSES, Policy, next_probe
from callbacks.models import Callback, Delivery
from fleets.storage.sql import array

GONE = "The address answered 410 Gone: it is not there any more. Resume the callback when it is."

Status = Callback.Status


def failing(callback_id: int, now: datetime) -> None:
    """The first failure after a success."""
    Delivery.objects.filter(pk=callback_id, failing_since__isnull=True).update(failing_since=now)


def exhausted(callback: Callback, now: datetime) -> None:
    """A batch has used up its tries. After FAILED_AFTER such in a row the callback is Failed."""
    with transaction.atomic():
        before = _lock(callback)
        Delivery.objects.filter(pk=callback.pk).update(exhausted=F("exhausted") + 1)
        delivery = Delivery.objects.get(pk=callback.pk)
        if before != Status.RUNNING or delivery.exhausted < FAILED_AFTER:
            return
        since = f" since {delivery.failing_since:%Y-%m-%d %H:%M} UTC" if delivery.failing_since else ""
        status.fail(callback, f"{delivery.exhausted} notifications in a row did not arrive{since}.")
        delivery.set(probe_at=now + FIRST_PROBE)


def probe_failed(delivery: Delivery, now: datetime, retry_after: timedelta | None) -> None:
    """Put off the next probe of a Failed callback, as long as the subscriber has asked for at least."""
    probe_at = next_probe(now - (delivery.failing_since or now), now)
    if retry_after is not None:
        probe_at = max(probe_at, now + min(retry_after, LIFE))
    Delivery.objects.filter(pk=delivery.pk).update(probe_at=probe_at)


def recovered(callback: Callback, policy: Policy, now: datetime, known: Sequence[int]) -> list[int]:
    """One 2xx after failures: the callback is Running, and what is stored for it is due now.

    Left out is what was hurried so before and failed again, until its pause is over (RELEASE_PAUSES); where the
    callback was Failed the fault was not the batch's, and all goes. Gives those of the `known` that are due now.
    """
    with transaction.atomic():
        was_failed = _lock(callback) == Status.FAILED
        if was_failed:
            status.mark_running(callback)
        Delivery.objects.filter(pk=callback.pk).update(exhausted=0, failing_since=None, probe_at=None)
        return _hurry(callback, policy, now, known, everything=was_failed)


def _hurry(callback: Callback, policy: Policy, now: datetime, known: Sequence[int], *, everything: bool) -> list[int]:
    pauses = [pause.total_seconds() for pause in RELEASE_PAUSES]
    with connection.cursor() as cursor:
        if policy.releases:
            cursor.execute(_RELEASE, {"callback": callback.pk, "now": now, "all": everything})
        cursor.execute(
            _HURRY,
            {"callback": callback.pk, "now": now, "all": everything, "pauses": pauses, "known": array(known)},
        )
        return [batch_id for (batch_id,) in cursor.fetchall()]


def gone(callback: Callback) -> None:
    """410: nothing is posted there any more until a person resumes it."""
    with transaction.atomic():
        if _lock(callback) != Status.PAUSED:
            status.pause_gone(callback, GONE)


def _lock(callback: Callback) -> str:
    """The status as it is now, until the transaction ends: a person may have changed it meanwhile."""
    return Callback.objects.select_for_update().values_list("status", flat=True).get(pk=callback.pk)


_RELEASE = """
UPDATE callbacks_batch SET state = 'waiting', due_at = %(now)s, releases = least(releases + 1, 1000)
WHERE callback_id = %(callback)s AND state = 'parked' AND expires_at > %(now)s AND (due_at <= %(now)s OR %(all)s)
"""

_HURRY = """
WITH hurried AS (
    UPDATE callbacks_batch SET due_at = %(now)s, releases = least(releases + 1, 1000)
    WHERE callback_id = %(callback)s AND state = 'waiting' AND tries > 0 AND due_at > %(now)s
        AND (%(all)s OR tried_at <= %(now)s - interval '1 second'
            * (%(pauses)s::float[])[1 + least(releases, cardinality(%(pauses)s::float[]) - 1)])
    RETURNING id
)
SELECT id FROM hurried WHERE id = ANY (%(known)s::bigint[])
"""
