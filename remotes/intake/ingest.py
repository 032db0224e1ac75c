"""Takes notifications in: one statement, which is one transaction, however many requests and events come together.

Idempotent (an event stands once, by the constraint `event_once`), proof against any order (the greatest event by
remotes.life.lifecycle.order_key is the action's status) and against orphans (an event of an unknown action waits
without one, see remotes/life/adoption.py). An event that is new becomes a row in the outbox of the callback that its
action names, as remotes/life/fan_out.py does for events from elsewhere. Statements: 1, whatever the number of events;
a test holds that. Where there are orphans, one more looks for their actions.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import count
from operator import itemgetter

import msgspec
from django.db import DatabaseError, transaction

from fleets.storage.ids import new_ordered_uuid
from fleets.storage.sql import array, run_prepared
from protocol.canonical import Event, encode_event
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import decode_notification
from protocol.errors import Invalid
from protocol.parts import check_parts
from remotes.life.adoption import adopt_these
from remotes.life.lifecycle import fact

logger = logging.getLogger(__name__)

# Levels that a body has at the most; events have three.
DEEPEST = 50

# So many of the reasons why something in a body can't be read are kept.
_REASONS = 20


@dataclass(frozen=True)
class Incoming:
    """One authenticated request: what it holds, and why something in it can't be read, if so.

    `renderings` are the events as a callback gets them, see `_render`.
    """

    upstream_fleet_id: int
    gateway_id: int
    received_at: datetime
    body: bytes
    events: Sequence[Event] = ()
    renderings: Sequence[str] = ()
    reason: str = ""


@dataclass
class News:
    """What came of it: the vehicles with news, those where an action has ended, and the callbacks that are told."""

    vehicle_ids: set[int] = field(default_factory=set)
    ended_vehicle_ids: set[int] = field(default_factory=set)
    callback_ids: set[int] = field(default_factory=set)

    def add(self, more: "News") -> None:
        self.vehicle_ids |= more.vehicle_ids
        self.ended_vehicle_ids |= more.ended_vehicle_ids
        self.callback_ids |= more.callback_ids


def read(upstream_fleet_id: int, gateway_id: int, received_at: datetime, body: bytes) -> Incoming:
    """Parse a request body. What can't be read gives a reason, never an error; the body is kept as it came."""
    try:
        # PostgreSQL's text holds no NUL, and no client has use for one.
        if b"\\u0000" in body:
            raise Invalid("", "the body holds a NUL character")
        # Deeper ones could be stored, and then read by few.
        check_parts(body, most=len(body) + 1, deepest=DEEPEST)
        events, unreadable = decode_notification(msgspec.json.decode(body))
        renderings = [_render(event) for event in events]
        reason = "; ".join(item.reason for item in unreadable[:_REASONS])
        if len(unreadable) > _REASONS:
            reason += f"; and {len(unreadable) - _REASONS:,} more"
        return Incoming(upstream_fleet_id, gateway_id, received_at, body, events, renderings, reason)
    except (Invalid, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) or "can't be read"
        return Incoming(upstream_fleet_id, gateway_id, received_at, body, reason=reason)


def _render(event: Event) -> str:
    """The end of the event's JSON text; the statement begins it with `remoteActionId`, `vin` and `remoteType`.

    Done while the database stores the requests before this one.
    """
    rest = encode_event(event)
    del rest["remoteActionId"], rest["vin"], rest["remoteType"]
    return _json(rest)[1:]


def store(requests: Sequence[Incoming]) -> News:
    """Store requests and their events and move the actions on. All or nothing; database errors are raised.

    Outside a transaction the statement commits by itself.
    """
    rows = run_prepared(_STATEMENT, _parameters(requests))
    if orphans := [event_id for *_, event_id in rows if event_id]:
        _adopt(orphans)
    return News(
        vehicle_ids={vehicle_id for vehicle_id, _, _, _ in rows if vehicle_id},
        ended_vehicle_ids={vehicle_id for vehicle_id, ended, _, _ in rows if ended},
        callback_ids={callback_id for _, _, callback_id, _ in rows if callback_id},
    )


def _adopt(orphans: Sequence[int]) -> None:
    """An action may have got its id while they were stored. They are stored all the same when this fails."""
    try:
        with transaction.atomic():
            adopt_these(orphans)
    except DatabaseError:
        logger.exception("Orphans could not be looked after; the sweep does it")


def _parameters(requests: Sequence[Incoming]) -> dict[str, str]:
    request_ids = [str(new_ordered_uuid()) for _ in requests]
    received_at = [request.received_at.isoformat() for request in requests]
    places = count()
    rows = [
        (
            request_id,
            request.gateway_id,
            event.remote_action_id,
            event.vin,
            event.remote_type,
            event.type,
            event.status,
            event.failure_cause,
            event.feedback_detail,
            event.date.isoformat() if event.date else None,
            _json(event.extra) if event.extra else "{}",
            at,
            *_stage_and_rank(event.type, event.status),
            rendering,
            next(places),
        )
        for request_id, at, request in zip(request_ids, received_at, requests, strict=True)
        for event, rendering in zip(request.events, request.renderings, strict=True)
    ]
    # One order of keys for every transaction, so that two of them can't block each other in a circle.
    rows.sort(key=itemgetter(1, 2))
    columns: Iterable[Sequence[str | int | None]] = zip(*rows, strict=True) if rows else ((),) * len(_EVENT_COLUMNS)
    return {
        **{name: array(column) for name, column in zip(_EVENT_COLUMNS, columns, strict=True)},
        "id": array(request_ids),
        "upstream_fleet": array([request.upstream_fleet_id for request in requests]),
        "request_received_at": array(received_at),
        "body": array(["\\x" + request.body.hex() for request in requests]),
        "outcome": array(["quarantined" if request.reason else "stored" for request in requests]),
        "reason": array([request.reason for request in requests]),
        "event_count": array([len(request.events) for request in requests]),
        "type_names": _TYPE_NAMES,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=1000)
def _stage_and_rank(event_type: str, status: str) -> tuple[int, int]:
    known = fact(event_type, status, datetime.min)
    return int(known.stage), known.rank


_EVENT_COLUMNS = (
    "request",
    "gateway",
    "upstream_action",
    "vin",
    "remote_type",
    "type",
    "status",
    "failure_cause",
    "feedback_detail",
    "event_date",
    "extra",
    "received_at",
    "stage",
    "rank",
    "rendering",
    "place",
)
_TYPE_NAMES = _json({name: entry.v3.type_name for name, entry in REMOTE_TYPES.items()})

_STATEMENT = """
WITH request AS (
    INSERT INTO remotes_inboundrequest
        (id, upstream_fleet_id, received_at, body, outcome, reason, event_count)
    SELECT * FROM unnest(
        %(id)s::uuid[], %(upstream_fleet)s::bigint[], %(request_received_at)s::timestamptz[], %(body)s::bytea[],
        %(outcome)s::text[], %(reason)s::text[], %(event_count)s::int[])
), event AS MATERIALIZED (
    -- The key is chosen here: by it `told` finds again what `inserted` can't return, since it is not stored.
    SELECT nextval('remotes_remoteevent_id_seq') AS id, given.*,
        -- A date that can't be meant, or none, would order the event before or after all others for ever; one of a
        -- clock that is ahead, or of local time that is taken for UTC, after what comes within the next hours.
        CASE
            WHEN given.event_date - given.received_at BETWEEN interval '-365 days' AND interval '1 minute'
            THEN given.event_date ELSE given.received_at
        END AS effective_at,
        action.id AS action_id, action.vehicle_id, action.callback_id, action.public_id,
        action.remote_type AS action_type
    FROM unnest(
        %(request)s::uuid[], %(gateway)s::bigint[], %(upstream_action)s::text[], %(vin)s::text[],
        %(remote_type)s::text[], %(type)s::text[], %(status)s::text[], %(failure_cause)s::text[],
        %(feedback_detail)s::text[], %(event_date)s::timestamptz[], %(extra)s::jsonb[],
        %(received_at)s::timestamptz[], %(stage)s::smallint[], %(rank)s::smallint[], %(rendering)s::text[],
        %(place)s::int[]
    ) AS given (
        request_id, gateway_id, upstream_action_id, vin, remote_type, type, status, failure_cause,
        feedback_detail, event_date, extra, received_at, stage, rank, rendering, place)
    LEFT JOIN remotes_remoteaction action
        ON action.gateway_id = given.gateway_id AND action.upstream_id = given.upstream_action_id
        -- One that has come before still waits for the action: this one goes with it, so that it is told after it.
        AND NOT EXISTS (
            SELECT FROM remotes_remoteevent earlier
            WHERE earlier.gateway_id = given.gateway_id AND earlier.upstream_action_id = given.upstream_action_id
                AND earlier.action_id IS NULL)
), merged AS (
    -- What polling has read has no date; the notification of the same brings it.
    UPDATE remotes_remoteevent polled
    SET source = 'webhook', event_date = event.event_date, inbound_request_id = event.request_id,
        vin = event.vin, remote_type = event.remote_type, extra = event.extra
    FROM event
    WHERE polled.gateway_id = event.gateway_id AND polled.upstream_action_id = event.upstream_action_id
        AND polled.type = event.type AND polled.status = event.status
        AND polled.failure_cause IS NOT DISTINCT FROM event.failure_cause
        AND polled.event_date IS NULL AND polled.source = 'poll' AND event.event_date IS NOT NULL
    RETURNING polled.gateway_id, polled.upstream_action_id, polled.type, polled.status, polled.failure_cause,
        polled.event_date
), inserted AS (
    INSERT INTO remotes_remoteevent
        (id, action_id, gateway_id, inbound_request_id, source, upstream_action_id, vin, remote_type, type, status,
         failure_cause, feedback_detail, event_date, extra, received_at, stage, effective_at, rank)
    SELECT id, action_id, gateway_id, request_id, 'webhook', upstream_action_id, vin, remote_type, type, status,
        failure_cause, feedback_detail, event_date, extra, received_at, stage, effective_at, rank
    FROM event
    WHERE NOT EXISTS (
        SELECT FROM merged
        WHERE merged.gateway_id = event.gateway_id AND merged.upstream_action_id = event.upstream_action_id
            AND merged.type = event.type AND merged.status = event.status
            AND merged.failure_cause IS NOT DISTINCT FROM event.failure_cause
            AND merged.event_date = event.event_date)
    -- The first of two that are the same stands, and two transactions take their keys in one order.
    ORDER BY gateway_id, upstream_action_id, place
    ON CONFLICT DO NOTHING
    RETURNING id, action_id, stage, effective_at, rank, status, failure_cause, feedback_detail
), told AS (
    INSERT INTO callbacks_notification
        (callback_id, order_key, remote_action_id, vin, remote_type, event, created_at)
    SELECT event.callback_id, event.vehicle_id, event.public_id, ours.vin, ours.remote_type,
        '{"remoteActionId":"' || event.public_id || '","vin":' || to_json(ours.vin)
            || ',"remoteType":' || to_json(ours.remote_type) || ','
            -- With what the codec of v1 puts into a message.
            || CASE callback.dialect WHEN 'v1' THEN (
                SELECT left(event.rendering, -1) || ',"attributes":' || coalesce(action.extra ->> 'attributes', '[]')
                    || ',"label":' || to_json(coalesce(action.label, '')) || '}'
                FROM remotes_remoteaction action WHERE action.id = event.action_id
            ) ELSE event.rendering END,
        statement_timestamp()
    FROM inserted
    JOIN event ON event.id = inserted.id
    JOIN callbacks_callback callback ON callback.id = event.callback_id AND callback.deleted_at IS NULL
    CROSS JOIN LATERAL (
        SELECT
            coalesce(nullif(event.vin, ''), (SELECT vin FROM fleets_vehicle WHERE id = event.vehicle_id)) AS vin,
            coalesce(nullif(event.remote_type, ''), %(type_names)s::jsonb ->> event.action_type, '') AS remote_type
    ) ours
    ORDER BY event.effective_at, event.stage, event.rank, event.place
    RETURNING callback_id
), woken AS (
    INSERT INTO remotes_wakeup (action_id, vehicle_id, at)
    SELECT DISTINCT ON (event.action_id) event.action_id, event.vehicle_id, event.effective_at
    FROM inserted
    JOIN event ON event.id = inserted.id
    WHERE inserted.status = 'WakingUpVehicle' AND event.action_id IS NOT NULL
    ORDER BY event.action_id, event.effective_at
    ON CONFLICT (action_id) DO NOTHING
), greatest_event AS (
    SELECT DISTINCT ON (action_id) *
    FROM inserted
    WHERE action_id IS NOT NULL
    ORDER BY action_id, stage DESC, effective_at DESC, rank DESC, status COLLATE "C" DESC,
        coalesce(failure_cause, '') COLLATE "C" DESC, coalesce(feedback_detail, '') COLLATE "C" DESC
), moved AS (
    UPDATE remotes_remoteaction action
    SET status = event.status, failure_cause = event.failure_cause, feedback_detail = event.feedback_detail,
        status_stage = event.stage, status_at = event.effective_at, status_rank = event.rank,
        state = CASE WHEN event.stage = 3 THEN 'done' ELSE action.state END,
        why = CASE WHEN event.stage = 3 THEN NULL ELSE action.why END,
        due_at = CASE WHEN event.stage = 3 THEN NULL ELSE action.due_at END,
        claim_id = CASE WHEN event.stage = 3 THEN NULL ELSE action.claim_id END,
        lease_until = CASE WHEN event.stage = 3 THEN NULL ELSE action.lease_until END,
        finished_at = CASE WHEN event.stage = 3 THEN coalesce(action.finished_at, now()) ELSE action.finished_at END
    FROM greatest_event event
    WHERE action.id = event.action_id
        AND (event.stage, event.effective_at, event.rank, event.status COLLATE "C",
             coalesce(event.failure_cause, '') COLLATE "C", coalesce(event.feedback_detail, '') COLLATE "C")
          > (action.status_stage, coalesce(action.status_at, '-infinity'), action.status_rank,
             action.status COLLATE "C", coalesce(action.failure_cause, '') COLLATE "C",
             coalesce(action.feedback_detail, '') COLLATE "C")
    RETURNING action.vehicle_id, event.stage = 3 AS ended
)
SELECT vehicle_id, bool_or(ended), NULL::bigint, NULL::bigint
FROM (
    SELECT vehicle_id, false AS ended FROM event WHERE vehicle_id IS NOT NULL
    UNION ALL
    SELECT vehicle_id, ended FROM moved
) AS news
GROUP BY vehicle_id
UNION ALL
SELECT NULL, NULL, callback_id, NULL FROM told GROUP BY callback_id
UNION ALL
SELECT NULL, NULL, NULL, id FROM inserted WHERE action_id IS NULL
"""
