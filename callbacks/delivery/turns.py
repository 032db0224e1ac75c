"""A worker's right to deliver to a callback, and what it has to deliver.

One worker at a time holds a callback's lease, so that order, the cap on requests and the single probe of a Failed
callback need no other lock. The lease is renewed at each turn and by the database's clock; one that was not renewed
lapses, and another worker goes on with the same batches.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from django.db import connection, transaction

from callbacks.delivery.forming import Formed, form
from callbacks.delivery.policy import Policy
from callbacks.delivery.posting import Recipient
from callbacks.models import Callback, Delivery
from fleets.storage.encryption import unseal_bytes
from fleets.storage.sql import array, run_prepared

# Seconds. Longer than a request may take (CALLBACK_TIMEOUT) and two turns together.
LEASE = 25.0

# While nothing arrives, so many wait for a retry each in a request of its own, where others go as arrays (v1).
ALONE = 10


@dataclass(frozen=True)
class Turn:
    """The callback as it is now, batches that are new in the line, and whether more is there at once.

    `release_at` is from when on a success lets parked batches go; None when there are none, or under the policy None.
    """

    callback: Callback
    delivery: Delivery
    policy: Policy
    batches: Sequence[Formed]
    more: bool
    release_at: datetime | None

    @property
    def probing(self) -> bool:
        """A Failed callback is tried with one batch at a time."""
        return self.callback.status == Callback.Status.FAILED

    @cached_property
    def recipient(self) -> Recipient:
        return Recipient(self.callback)


def acquire(callback_id: int) -> uuid.UUID | None:
    """Take the callback's lease; None while another worker holds it."""
    claim_id = uuid.uuid4()
    taken = run_prepared(_ACQUIRE, {"callback": callback_id, "claim": claim_id, "lease": LEASE})
    return claim_id if taken else None


def release(callback_id: int, claim_id: uuid.UUID) -> None:
    """Give the lease back, if it is still ours."""
    Delivery.objects.filter(callback_id=callback_id, claim_id=claim_id).update(claim_id=None, lease_until=None)


def take_turn(callback_id: int, claim_id: uuid.UUID, known: Sequence[int], room: int, now: datetime) -> Turn | None:
    """Renew the lease, form up to `room` batches and give the waiting ones that are not `known`.

    None when the lease is lost, or nothing may be posted: the callback is Paused, deleted, or Failed and not to be
    probed yet.
    """
    with transaction.atomic():
        renewed = _renew(callback_id, claim_id)
        if renewed is None:
            return None
        along = ("callback__fleet", "callback__created_by", "callback__channel__created_by")
        delivery = Delivery.objects.select_related(*along).get(pk=callback_id)
        callback, policy = delivery.callback, Policy.of(delivery.callback.subscribe)
        if not _may_post(delivery, now):
            return None
        if callback.status == Callback.Status.FAILED:
            batches, more = [] if known else _probe(callback, policy, now), False
        else:
            batches, more = _next_batches(delivery, known, room, now)
        return Turn(callback, delivery, policy, batches, more, renewed[0] if policy.releases else None)


def _may_post(delivery: Delivery, now: datetime) -> bool:
    callback = delivery.callback
    if callback.deleted_at is not None or callback.status == Callback.Status.PAUSED:
        return False
    return callback.status == Callback.Status.RUNNING or delivery.probe_at is None or delivery.probe_at <= now


def _next_batches(delivery: Delivery, known: Sequence[int], room: int, now: datetime) -> tuple[list[Formed], bool]:
    """Up to `room` batches that are not known, and whether there may be more at once."""
    batches = _waiting(delivery.callback.pk, known, room)
    if len(batches) == room:
        return batches, True
    hold = delivery.failing_since is not None and len(known) + len(batches) >= ALONE
    formed, more = form(delivery.callback, now, room - len(batches), rest=not hold)
    return batches + formed, more


def _renew(callback_id: int, claim_id: uuid.UUID) -> tuple[datetime | None] | None:
    """When a success may let a parked batch go; None when the lease is lost."""
    rows = run_prepared(_RENEW, {"callback": callback_id, "claim": claim_id, "lease": LEASE})
    return (rows[0][0],) if rows else None


def _waiting(callback_id: int, known: Sequence[int], room: int) -> list[Formed]:
    if room <= 0:
        return []
    rows = run_prepared(_WAITING, {"callback": callback_id, "known": array(known), "room": room})
    return [_formed(row) for row in rows]


def _formed(row: tuple[Any, ...]) -> Formed:
    batch = Formed(*row)
    return msgspec.structs.replace(batch, body=unseal_bytes(batch.body))


def _probe(callback: Callback, policy: Policy, now: datetime) -> list[Formed]:
    """The one batch that a Failed callback is tried with: one never tried, else the one that was longest not tried.

    So a batch that the subscriber will never take does not keep the others back.
    """
    fresh = _choose(callback, policy, now, fresh=True)
    if fresh:
        return fresh
    form(callback, now, 1)
    return _choose(callback, policy, now, fresh=False)


def _choose(callback: Callback, policy: Policy, now: datetime, *, fresh: bool) -> list[Formed]:
    states = ["waiting", "parked"] if policy.releases else ["waiting"]
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE, {"callback": callback.pk, "states": states, "now": now, "fresh": fresh})
        return [_formed(row) for row in cursor.fetchall()]


_ACQUIRE = """
INSERT INTO callbacks_delivery (callback_id, claim_id, lease_until, exhausted)
VALUES (%(callback)s, %(claim)s, clock_timestamp() + %(lease)s * interval '1 second', 0)
ON CONFLICT (callback_id) DO UPDATE SET claim_id = excluded.claim_id, lease_until = excluded.lease_until
WHERE callbacks_delivery.lease_until IS NULL OR callbacks_delivery.lease_until < clock_timestamp()
RETURNING callback_id
"""

# The columns are Formed's fields.
_WAITING = """
SELECT id, message_id, body, order_keys, vins, remote_types, due_at, expires_at, tries
FROM callbacks_batch
WHERE callback_id = %(callback)s AND state = 'waiting' AND id <> ALL (%(known)s::bigint[])
ORDER BY id LIMIT %(room)s
"""

# Those behind an earlier one of the same vehicle are looked for one after the other, until one has none in front.
_CHOOSE = """
UPDATE callbacks_batch SET state = 'waiting', due_at = %(now)s, releases = releases + (state = 'parked')::int
WHERE id = (
    SELECT id FROM (
        SELECT id, order_keys FROM callbacks_batch
        WHERE callback_id = %(callback)s AND state = ANY (%(states)s) AND (tries = 0 OR NOT %(fresh)s)
        ORDER BY tried_at NULLS FIRST, id OFFSET 0
    ) candidate
    WHERE NOT EXISTS (
        SELECT FROM callbacks_batch earlier
        WHERE earlier.callback_id = %(callback)s AND earlier.state = 'waiting' AND earlier.id < candidate.id
            AND earlier.order_keys && candidate.order_keys)
    LIMIT 1)
RETURNING id, message_id, body, order_keys, vins, remote_types, due_at, expires_at, tries
"""

_RENEW = """
UPDATE callbacks_delivery SET lease_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE callback_id = %(callback)s AND claim_id = %(claim)s
RETURNING (
    SELECT min(due_at) FROM (
        SELECT due_at FROM callbacks_batch batch
        WHERE batch.callback_id = %(callback)s AND batch.state = 'parked'
        ORDER BY batch.id LIMIT 200) oldest)
"""
