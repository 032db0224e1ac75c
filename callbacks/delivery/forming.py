"""Forms batches of the events that wait for a callback: membership and body are fixed from then on."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from callbacks.delivery.policy import LIFE
from callbacks.models import Batch, Callback, kept
from fleets.storage.encryption import seal_bytes
from fleets.storage.ids import new_ordered_uuid
from fleets.storage.sql import array, run_prepared
from protocol.canonical.attributes import Variables, body_pairs
from protocol.canonical.places import body_without_whereabouts
from protocol.dialects import codec

T = TypeVar("T")

# Events that are looked at in one go; a larger batch size looks further.
STRIDE = 500


class Waiting(msgspec.Struct, frozen=True):
    """A Notification's row."""

    id: int
    order_key: int | None
    remote_action_id: str
    vin: str
    remote_type: str
    event: str
    created_at: datetime


class Formed(msgspec.Struct, frozen=True):
    """What a delivery needs of a batch; `body` as it is posted."""

    id: int
    message_id: uuid.UUID
    body: bytes
    order_keys: Sequence[int]
    vins: Sequence[str]
    remote_types: Sequence[str]
    due_at: datetime
    expires_at: datetime
    tries: int = 0


def cut(waiting: Sequence[Waiting], size: int, window: timedelta, now: datetime) -> list[Sequence[Waiting]]:
    """The batches to form of the oldest events, each as large as `size`; what must still wait is left out.

    A smaller one is formed when its window, which its first event has opened, has passed. Size 0: one event each.
    """
    if size <= 1:
        return [[item] for item in waiting]
    groups = [waiting[start : start + size] for start in range(0, len(waiting), size)]
    if groups and len(groups[-1]) < size and groups[-1][0].created_at + window > now:
        groups.pop()
    return groups


def arrays(waiting: Sequence[Waiting], size: int, *, rest: bool) -> list[Sequence[Waiting]]:
    """The same where what waits goes as arrays of `size`: those that are full, then the `rest` one by one."""
    whole = len(waiting) - len(waiting) % size
    full = [waiting[start : start + size] for start in range(0, whole, size)]
    return full + [[item] for item in waiting[whole:]] if rest else full


def form(
    callback: Callback,
    now: datetime,
    limit: int,
    *,
    state: Batch.State = Batch.State.WAITING,
    older_than: datetime | None = None,
    rest: bool = True,
) -> tuple[list[Formed], bool]:
    """Form up to `limit` batches inside the caller's transaction, which keeps every other one out of this callback.

    Also gives whether there may be more to form at once. `older_than` takes only events from before then. Without
    `rest` those that fill no array go on waiting, where the callback's dialect has arrays (protocol/codec.py).
    """
    array_size = codec(callback.dialect).ARRAY_SIZE
    size = callback.batch_size or array_size
    reach = size * max(STRIDE // size, 1) if size else min(limit, STRIDE)
    waiting = _oldest(callback.pk, reach, older_than)
    if array_size:
        groups = arrays(waiting, array_size, rest=rest)[:limit]
    else:
        groups = cut(waiting, size, timedelta(seconds=callback.batch_window), now)[:limit]
    if not groups:
        return [], False
    _delete([item.id for group in groups for item in group])
    return _insert(callback, groups, now, state), len(waiting) == reach


def _oldest(callback_id: int, limit: int, older_than: datetime | None) -> list[Waiting]:
    values = {"callback": callback_id, "older_than": older_than, "limit": limit}
    return [Waiting(*row) for row in run_prepared(_OLDEST, values)]


def _delete(ids: Sequence[int]) -> None:
    ((deleted,),) = run_prepared(_DELETE, {"ids": array(ids)})
    if deleted != len(ids):
        raise RuntimeError("Two workers form batches of the same events; this one steps back.")


def _insert(callback: Callback, groups: Sequence[Sequence[Waiting]], now: datetime, state: Batch.State) -> list[Formed]:
    attributes = callback.webhook.get("attributes", ())
    formed = [_render(callback, attributes, group, now) for group in groups]
    columns: dict[str, Sequence[str | int | None]] = {
        "message_id": [str(batch.message_id) for batch in formed],
        "body": ["\\x" + seal_bytes(batch.body).hex() for batch in formed],
        "event_count": [len(group) for group in groups],
        "order_keys": [array(batch.order_keys) for batch in formed],
        "remote_action_ids": [array(_distinct(item.remote_action_id for item in group)) for group in groups],
        "vins": [array(batch.vins) for batch in formed],
        "remote_types": [array(batch.remote_types) for batch in formed],
        "oldest_at": [group[0].created_at.isoformat() for group in groups],
        "expires_at": [batch.expires_at.isoformat() for batch in formed],
    }
    given: dict[str, str | int] = {name: array(column) for name, column in columns.items()}
    rows = run_prepared(_INSERT, given | {"callback": callback.pk, "now": now, "state": state})
    ids = sorted(id for (id,) in rows)
    return [msgspec.structs.replace(batch, id=id) for batch, id in zip(formed, ids, strict=True)]


def _render(
    callback: Callback, attributes: Sequence[dict[str, str]], group: Sequence[Waiting], now: datetime
) -> Formed:
    vins = _distinct(item.vin for item in group)
    remote_types = _distinct(item.remote_type for item in group)
    variables = Variables(callback.shown_id, callback.fleet.public_id, vins, remote_types, callback.label)
    pairs = body_pairs(attributes, variables)
    opened = [kept.opened(item.event, callback.dialect) for item in group]
    if not callback.tells_positions:
        opened = [(_without_whereabouts(event), was_sealed) for event, was_sealed in opened]
    content = codec(callback.dialect).encode_batch(callback.shown_id, pairs, [event for event, _ in opened])
    return Formed(
        id=0,
        message_id=new_ordered_uuid(),
        body=kept.body(content, attributes, secret=any(was_sealed for _, was_sealed in opened)),
        order_keys=_distinct(item.order_key for item in group if item.order_key is not None),
        vins=vins,
        remote_types=remote_types,
        due_at=now,
        expires_at=group[0].created_at + LIFE,
    )


def _without_whereabouts(event: str | bytes) -> str | bytes:
    left = body_without_whereabouts(event.encode() if isinstance(event, str) else event)
    return event if left is None else left


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))


_OLDEST = """
SELECT id, order_key, remote_action_id, vin, remote_type, event, created_at
FROM callbacks_notification
WHERE callback_id = %(callback)s AND created_at < coalesce(%(older_than)s, 'infinity'::timestamptz)
ORDER BY id LIMIT %(limit)s
"""

_DELETE = """
WITH deleted AS (DELETE FROM callbacks_notification WHERE id = ANY(%(ids)s::bigint[]) RETURNING id)
SELECT count(*) FROM deleted
"""

_INSERT = """
INSERT INTO callbacks_batch
    (message_id, callback_id, kind, state, body, event_count, order_keys, remote_action_ids, vins, remote_types,
     oldest_at, formed_at, due_at, expires_at, tries, releases)
SELECT message_id, %(callback)s::bigint, 'events', %(state)s::text, body, event_count, order_keys::bigint[],
    remote_action_ids::text[], vins::text[], remote_types::text[], oldest_at, %(now)s::timestamptz, %(now)s, expires_at,
    0, 0
FROM unnest(
    %(message_id)s::uuid[], %(body)s::bytea[], %(event_count)s::int[], %(order_keys)s::text[],
    %(remote_action_ids)s::text[], %(vins)s::text[], %(remote_types)s::text[], %(oldest_at)s::timestamptz[],
    %(expires_at)s::timestamptz[]
) WITH ORDINALITY AS given (
    message_id, body, event_count, order_keys, remote_action_ids, vins, remote_types, oldest_at, expires_at, place)
ORDER BY place
RETURNING id
"""
