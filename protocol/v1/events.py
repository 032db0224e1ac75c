"""Messages: what is posted to a channel's webhook (Message of connected-car-v1-webhook.yaml)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from protocol.canonical.document import JsonObject
from protocol.canonical.event import MAX_WORD, Event, Unreadable, format_time
from protocol.canonical.reading import Read, moment, optional_word, read_each, required_word, status_words
from protocol.catalogue import canonical_type_name
from protocol.errors import Invalid
from protocol.ids import vin_capitals
from protocol.v1.variables import resolve

_MESSAGE_FIELDS = {"channelId", "type", "date", "remoteEvent"}
_EVENT_FIELDS = {"remoteActionId", "vin", "eventDate", "remoteType", "eventStatus"}
_STATUS_FIELDS = {"type", "status", "failureCause", "feedbackDetail"}


def decode_notification(body: object) -> Read:
    """Read a Message, or an array of them, as 100 that have waited are posted: the events, and what can't be read.

    Raises Invalid when the body as a whole is neither.
    """
    return read_each(body, "remoteEvent", read_message)


def is_message(body: object) -> bool:
    """Whether something has the form of a Message, and not that of v3's RemoteEvents."""
    return isinstance(body, dict) and "events" not in body and ("remoteEvent" in body or "type" in body)


def read_message(body: object) -> Read:
    """Read one Message. Raises Invalid when it is none.

    What stands beside the event, and is not known, is in the event's `extra` under `message`.
    """
    if not is_message(body) or not isinstance(body, dict):
        raise Invalid("remoteEvent", "a message is an object with a remoteEvent")
    try:
        return [_event(body)], []
    except Invalid as error:
        return [], [Unreadable(str(error), body)]


def _event(message: JsonObject) -> Event:
    item = message.get("remoteEvent")
    if item is None and message.get("type") not in (None, "Remote"):
        raise Invalid("type", "only messages of remote actions are taken in")
    if not isinstance(item, dict):
        raise Invalid("remoteEvent", "is required, an object")
    status = item.get("eventStatus")
    if not isinstance(status, dict):
        raise Invalid("remoteEvent.eventStatus", "is required, an object")
    written = item.get("eventDate") or message.get("date")
    date = moment(written)
    extra = {key: value for key, value in item.items() if key not in _EVENT_FIELDS}
    more = {key: value for key, value in status.items() if key not in _STATUS_FIELDS}
    if more:
        extra["eventStatus"] = more
    if date is None and written is not None:
        extra["eventDate"] = written
    vin, around = _around(message)
    if "eventDate" in item and "date" in message:
        around = {**around, "date": message["date"]}
    if around:
        extra["message"] = around
    event_type, word, cause = status_words(status)
    return Event(
        remote_action_id=required_word(item, "remoteActionId"),
        vin=vin_capitals(optional_word(item, "vin") or vin),
        date=date,
        remote_type=canonical_type_name(optional_word(item, "remoteType") or ""),
        type=event_type,
        status=word,
        failure_cause=cause,
        feedback_detail=optional_word(status, "feedbackDetail"),
        extra=extra,
    )


def _around(message: JsonObject) -> tuple[str, JsonObject]:
    """The VIN that an attribute tells, and the fields of a message that are not known."""
    around = {key: value for key, value in message.items() if key not in _MESSAGE_FIELDS}
    attributes = around.get("attributes")
    if not isinstance(attributes, list):
        return "", around
    vins = [item for item in attributes if _is_vin(item)]
    others = [item for item in attributes if not _is_vin(item)]
    around = {**around, "attributes": others} if others else {k: v for k, v in around.items() if k != "attributes"}
    return (vins[0]["value"] if vins else ""), around


def _is_vin(item: object) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("key"), str):
        return False
    value = item.get("value")
    return item["key"].lower() == "vin" and isinstance(value, str) and 0 < len(value) <= MAX_WORD


def encode_batch(callback_id: str, attributes: Sequence[Mapping[str, str]], events: Sequence[str | bytes]) -> bytes:
    """The body that is posted to a webhook: a Message, or an array of them for more than one event.

    An event may have `attributes`, the Body attributes of its action, whose variables are filled in here, and the
    action's `label`, which is for them alone.
    """
    messages = [_message(callback_id, attributes, msgspec.json.decode(event)) for event in events]
    return msgspec.json.encode(messages[0] if len(messages) == 1 else messages)


def _message(channel_id: str, attributes: Sequence[Mapping[str, str]], event: JsonObject) -> JsonObject:
    message = event.pop("message", None)
    around = {key: value for key, value in message.items() if key != "attributes"} if isinstance(message, dict) else {}
    status = event["eventStatus"]
    values = {
        "$RemoteType": event["remoteType"],
        "$RemoteStatus": status["status"],
        "$RemoteLabel": event.pop("label", None) or "",
        "$Vin": event.pop("vin", ""),
    }
    pairs = resolve([*attributes, *event.pop("attributes", [])], values)
    date = event.get("eventDate")
    is_time = moment(date) is not None
    if is_time:
        del event["eventDate"]
    return {
        **around,
        "channelId": channel_id,
        "attributes": pairs,
        "type": "Remote",
        "date": date if is_time else format_time(datetime.now(UTC)),
        "remoteEvent": event,
    }
