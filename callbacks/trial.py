"""Test notifications: what a subscriber's engineer sends to see that the webhook takes them."""

from datetime import datetime

import msgspec
from django.db import transaction

from callbacks.alert_event import AlertEvent, encode_alert_event
from callbacks.delivery.policy import LIFE
from callbacks.models import Batch, Callback, kept
from callbacks.wake import wake_delivery
from fleets.storage import clock
from fleets.storage.ids import new_public_id
from protocol import statuses
from protocol.canonical import Event, JsonObject, encode_event
from protocol.canonical.attributes import Variables, body_pairs
from protocol.dialects import codec

REMOTE_TYPE = "VehicleState"
# v1 knows no VehicleState.
REMOTE_TYPE_V1 = "WakeUp"

# Stands for the VIN of a fleet without vehicles.
NO_VIN = "TEST0000000000000"


def send_test(callback: Callback) -> Batch:
    """Put a batch with one made-up event in line and wake the delivery; gives the batch.

    It is delivered like any other, with retries. While the callback is Paused or Failed it is kept like any other too.
    """
    now = clock.now()
    event = _alert(callback, now) if callback.for_alerts else encode_event(_event(callback, now))
    batch = Batch(
        callback=callback,
        kind=Batch.Kind.TEST,
        body=_body(callback, event),
        event_count=1,
        remote_action_ids=_given(event, "remoteActionId"),
        vins=_given(event, "vin"),
        remote_types=_given(event, "remoteType"),
        oldest_at=now,
        formed_at=now,
        due_at=now,
        expires_at=now + LIFE,
    )
    batch.save()
    transaction.on_commit(lambda: wake_delivery([callback.pk]))
    return batch


def _event(callback: Callback, now: datetime) -> Event:
    vehicle = callback.fleet.vehicles.order_by("pk").first()
    return Event(
        remote_action_id=new_public_id(),
        vin=vehicle.vin if vehicle else NO_VIN,
        date=now,
        remote_type=REMOTE_TYPE_V1 if callback.channel else REMOTE_TYPE,
        type=statuses.DONE,
        status=statuses.SUCCESS,
        extra={"test": True},
    )


def _alert(callback: Callback, now: datetime) -> JsonObject:
    message = "This is a test: nothing has occurred."
    event = AlertEvent(new_public_id(), "test", callback.fleet.public_id, message, raised_at=now, cleared_at=now)
    return encode_alert_event(event) | {"test": True}


def _body(callback: Callback, event: JsonObject) -> bytes:
    vins, remote_types = _given(event, "vin"), _given(event, "remoteType")
    variables = Variables(callback.shown_id, callback.fleet.public_id, vins, remote_types, callback.label)
    attributes = callback.webhook.get("attributes", ())
    content = codec(callback.dialect).encode_batch(
        callback.shown_id, body_pairs(attributes, variables), [msgspec.json.encode(event)]
    )
    return kept.body(content, attributes)


def _given(event: JsonObject, name: str) -> list[str]:
    return [event[name]] if name in event else []
