"""Batches, attempts and health as the API shows them (api/v3/delivery_schemas.py).

`place` is the fleet's and the callback's id, as they stand in the address.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework.request import Request

from api.rest.hal import link
from api.rest.views import caller
from api.v3.pages import PAGING
from callbacks.delivery.upcoming import next_try_of
from callbacks.health import Health
from callbacks.models import Attempt, Batch, Callback
from fleets.storage import clock
from protocol.canonical import format_time
from protocol.canonical.masked import shown
from protocol.canonical.places import without_whereabouts

Place = tuple[str, str]


def batch_id(pk: int) -> str:
    return str(pk)


def read_batch_id(text: str) -> int:
    """The primary key in a batch's id; 0, which no row has, for what is no such id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def render_batch(
    request: Request,
    batch: Batch,
    place: Place,
    vins: list[str],
    remote_action_ids: list[str],
    next_try: datetime | None,
) -> dict[str, Any]:
    """Batch, with these of its VINs and remote action ids."""
    times = {
        "nextTryAt": next_try,
        "lastTryAt": batch.tried_at,
        "deliveredAt": batch.delivered_at,
    }
    return {
        "_links": _links(request, batch, place),
        "batchId": batch_id(batch.pk),
        "webhookId": batch.webhook_id,
        "kind": batch.kind,
        "state": batch.state,
        "eventCount": batch.event_count,
        "vins": vins,
        "remoteTypes": batch.remote_types,
        "remoteActionIds": remote_action_ids,
        "oldestEventAt": format_time(batch.oldest_at),
        "formedAt": format_time(batch.formed_at),
        "expiresAt": format_time(batch.expires_at),
        "tries": batch.tries,
        **_known(times),
    }


def render_batch_in_full(request: Request, batch: Batch, place: Place) -> dict[str, Any]:
    """BatchInFull: with the body, its secret attributes masked, and the newest attempts."""
    attempts = batch.attempts.order_by("-pk")[: PAGING.most]
    body = json.loads(bytes(batch.body))
    told = body if caller(request).sees_positions else without_whereabouts(body)
    return {
        **render_batch(request, batch, place, batch.vins, batch.remote_action_ids, next_try_of(batch, clock.now())),
        "body": shown(told, place),
        "attempts": [render_attempt(request, attempt, place) for attempt in attempts],
    }


def render_attempt(request: Request, attempt: Attempt, place: Place) -> dict[str, Any]:
    """DeliveryAttempt."""
    bid = batch_id(attempt.batch_id)
    body: dict[str, Any] = {
        "_links": {"batch": link(request, reverse("v3:callback-batch", args=[*place, bid]))},
        "batchId": bid,
        "number": attempt.number,
        "at": format_time(attempt.at),
        "durationMs": attempt.duration_ms,
        "outcome": "Succeeded" if attempt.succeeded else "Failed",
    }
    optional = {"status": attempt.status, "error": attempt.error, "answer": attempt.answer}
    return body | {key: value for key, value in optional.items() if value}


def render_health(request: Request, callback: Callback, health: Health, place: Place) -> dict[str, Any]:
    """CallbackHealth."""
    body: dict[str, Any] = {
        "_links": {"callback": link(request, reverse("v3:callback", args=place))},
        "status": callback.status,
        "attempts": health.attempts,
        "waiting": health.waiting,
        "parked": health.parked,
        **_known({"oldestWaitingAt": health.oldest_waiting_at, "nextTryAt": health.next_try_at}),
    }
    if health.success_rate is not None:
        body["successRate"] = round(health.success_rate, 4)
    if health.p50 is not None and health.p95 is not None:
        body["timeToDeliver"] = {"p50Ms": _milliseconds(health.p50), "p95Ms": _milliseconds(health.p95)}
    return body


def _links(request: Request, batch: Batch, place: Place) -> dict[str, Any]:
    bid = batch_id(batch.pk)
    attempts = reverse("v3:callback-attempts", args=place)
    return {
        "self": link(request, reverse("v3:callback-batch", args=[*place, bid])),
        "callback": link(request, reverse("v3:callback", args=place)),
        "attempts": link(request, f"{attempts}?{urlencode({'batchId': bid})}"),
    }


def _known(times: dict[str, datetime | None]) -> dict[str, str]:
    return {name: format_time(time) for name, time in times.items() if time is not None}


def _milliseconds(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))
