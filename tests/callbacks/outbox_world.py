"""Rows of a callback's outbox, each with sensible values."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from callbacks import channels
from callbacks.delivery.policy import LIFE
from callbacks.models import Attempt, Batch, Callback, Channel, Notification
from callbacks.wake import DELIVER
from fleets.models import ApiClient, Fleet
from fleets.storage.redis import client as redis_client
from protocol.v3 import decode_subscribe

_numbers = count(1)


def make_callback(fleet: Fleet, *, target: str = "https://example.com/hook", **parts: Any) -> Callback:
    """A running callback of the fleet's first API client. `parts` are those of what is registered, `attributes` too."""
    webhook = {"target": target, "name": "hook", "attributes": parts.pop("attributes", [])}
    callback = Callback(fleet=fleet, created_by=fleet.api_clients.order_by("pk").first())
    callback.register(decode_subscribe({"callback": {"webhook": webhook}, **parts}))
    callback.save()
    return callback


def channel_body(target: str = "https://example.com/hook", label: str = "Booking", **webhook: Any) -> dict[str, Any]:
    """ChannelSubscribe of connected-car-v1.yaml."""
    return {"label": label, "channel": {"webhook": {"target": target, "name": "hook", **webhook}}}


def make_channel(*fleets: Fleet, **body: Any) -> Channel:
    """A channel of a new API client that may use the fleets, with a member in each."""
    name = f"client-{next(_numbers)}"
    client = ApiClient.objects.create(client_id=name, name=name, username=name)
    client.fleets.set(fleets)
    return channels.create(client, fleets, channel_body(**body))


def make_event(vin: str = "VF3ABCDE0FG123456", remote_type: str = "Doors", **values: Any) -> dict[str, Any]:
    """An event as it stands in a body (RemoteEvent)."""
    return {
        "remoteActionId": f"{next(_numbers):024x}",
        "vin": vin,
        "eventDate": "2026-11-21T08:00:00.000Z",
        "remoteType": remote_type,
        "eventStatus": {"type": "Done", "status": "Success"},
        **values,
    }


def make_notification(callback: Callback, event: dict[str, Any] | None = None, **values: Any) -> Notification:
    event = event or make_event()
    given: dict[str, Any] = {
        "order_key": None,
        "remote_action_id": event["remoteActionId"],
        "vin": event["vin"],
        "remote_type": event["remoteType"],
        "event": json.dumps(event),
        "created_at": timezone.now(),
        **values,
    }
    return Notification.objects.create(callback=callback, **given)


def make_batch(callback: Callback, *events: dict[str, Any], **values: Any) -> Batch:
    """A batch of the events, or of one, that waits since now; give `state` and times for one that has come further."""
    events = events or (make_event(),)
    now = timezone.now()
    formed = values.get("formed_at", now)
    body = {"callbackId": callback.public_id, "attributes": [], "events": list(events)}
    given: dict[str, Any] = {
        "body": json.dumps(body).encode(),
        "event_count": len(events),
        "remote_action_ids": [event["remoteActionId"] for event in events],
        "vins": list(dict.fromkeys(event["vin"] for event in events)),
        "remote_types": list(dict.fromkeys(event["remoteType"] for event in events)),
        "oldest_at": formed,
        "formed_at": formed,
        "due_at": formed,
        "expires_at": values.get("oldest_at", formed) + LIFE,
        **values,
    }
    if given.get("state") == Batch.State.DELIVERED:
        given.setdefault("delivered_at", formed + timedelta(seconds=1))
    return Batch.objects.create(callback=callback, **given)


def make_attempt(batch: Batch, **values: Any) -> Attempt:
    """A try that was answered with 200 in 20 ms; give `status` (None: no answer) and `error` for one that failed."""
    number = batch.attempts.count() + 1
    given: dict[str, Any] = {"number": number, "at": timezone.now(), "duration_ms": 20, "status": 200, **values}
    return Attempt.objects.create(callback_id=batch.callback_id, batch=batch, **given)


def is_woken(callback: Callback) -> bool:
    """Whether a message that has this callback delivered was sent and not taken up yet, in the last seconds."""
    return bool(redis_client().exists(f"wake:{DELIVER}:{callback.pk}"))
