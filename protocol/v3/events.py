"""Notifications: what is posted to a callback's webhook (fleet-owner-v3-webhook.yaml)."""

from collections.abc import Mapping, Sequence

import msgspec

from protocol.canonical.document import JsonObject
from protocol.canonical.event import Event, Unreadable
from protocol.canonical.reading import Read, moment, optional_word, read_each, required_word, status_words
from protocol.errors import Invalid
from protocol.ids import vin_capitals


def decode_notification(body: object) -> Read:
    """Read RemoteEvents (fleet-owner-v3-webhook.yaml), or an array of them: the events that can be read, and the rest.

    Raises Invalid when the body as a whole is neither.
    """
    return read_each(body, "events", read_message)


def read_message(body: object) -> Read:
    """Read one RemoteEvents. Raises Invalid when the body as a whole is none."""
    if not isinstance(body, dict) or not isinstance(body.get("events"), list):
        raise Invalid("events", "a notification is an object with a list of events")
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    for item in body["events"]:
        try:
            events.append(_event(item))
        except Invalid as error:
            unreadable.append(Unreadable(str(error), item))
    return events, unreadable


def _event(item: object) -> Event:
    if not isinstance(item, dict):
        raise Invalid("events", "each event is an object")
    status = item.get("eventStatus")
    if not isinstance(status, dict):
        raise Invalid("eventStatus", "is required, an object")
    date = moment(item.get("eventDate"))
    extra = {key: value for key, value in item.items() if key not in _EVENT_FIELDS}
    more = {key: value for key, value in status.items() if key not in _STATUS_FIELDS}
    if more:
        extra["eventStatus"] = more
    if date is None and item.get("eventDate") is not None:
        extra["eventDate"] = item["eventDate"]
    event_type, word, cause = status_words(status)
    return Event(
        remote_action_id=required_word(item, "remoteActionId"),
        vin=vin_capitals(optional_word(item, "vin") or ""),
        date=date,
        remote_type=optional_word(item, "remoteType") or "",
        type=event_type,
        status=word,
        failure_cause=cause,
        feedback_detail=optional_word(status, "feedbackDetail"),
        extra=extra,
    )


_EVENT_FIELDS = {"remoteActionId", "vin", "eventDate", "remoteType", "eventStatus"}
_STATUS_FIELDS = {"type", "status", "failureCause", "feedbackDetail"}


def encode_notification(
    callback_id: str, attributes: Sequence[Mapping[str, str]], events: Sequence[JsonObject]
) -> JsonObject:
    """The body that is posted to a webhook. `attributes` are the callback's Body attributes, `{key, value}` each."""
    pairs = [{"key": item["key"], "value": item["value"]} for item in attributes]
    return {"callbackId": callback_id, "attributes": pairs, "events": list(events)}


def encode_batch(callback_id: str, attributes: Sequence[Mapping[str, str]], events: Sequence[str | bytes]) -> bytes:
    """The same of events that are JSON already, as JSON."""
    body = encode_notification(callback_id, attributes, [])
    body["events"] = [msgspec.Raw(event.encode() if isinstance(event, str) else event) for event in events]
    return msgspec.json.encode(body)
