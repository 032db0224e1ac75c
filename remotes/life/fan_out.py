"""Puts the events of an action into the outbox of the callback that it names.

Those that a notification brings for a known action are fanned out by remotes/intake/ingest.py, in its one statement.
"""

from collections.abc import Sequence

from callbacks.outbox import Entry, put
from protocol.canonical import Event, JsonObject, encode_event
from remotes.models import RemoteAction, RemoteEvent


def fan_out(action: RemoteAction, events: Sequence[RemoteEvent]) -> None:
    """Have the events notified in this order; call it once an event, in the transaction that makes it the action's."""
    if action.callback is not None:
        put(action.callback, [Entry(published(action, event), action.vehicle_id) for event in events])


def published(action: RemoteAction, event: RemoteEvent) -> JsonObject:
    """The event as the callback gets it: under our id, the VIN and the type from our rows where upstream gave none.

    An event that was read by polling has no eventDate, since nobody told when it was raised. One of our own making has
    a `detail`, which says why in English.
    """
    return encode_event(
        Event(
            remote_action_id=action.public_id,
            vin=event.vin or action.vehicle.vin,
            date=event.event_date,
            remote_type=event.remote_type or action.type.v3.type_name,
            type=event.type,
            status=event.status,
            failure_cause=event.failure_cause,
            feedback_detail=event.feedback_detail,
            extra=event.extra | ({"detail": str(event.why)} if event.why else {}) | _of_body(action),
        )
    )


def _of_body(action: RemoteAction) -> JsonObject:
    """What the codec of v1 puts into a message: the action's Body attributes, and its label for them."""
    if action.callback is None or action.callback.dialect != "v1":
        return {}
    return {"attributes": action.extra.get("attributes", []), "label": action.label or ""}
