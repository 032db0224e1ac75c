"""Notifications (fleet-owner-v3-webhook.yaml), and what GET tells of a remote action (fleet-owner-v3.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from protocol import statuses
from protocol.errors import Invalid
from protocol.ids import id_text, vin_capitals
from protocol.v3.common import JsonObject


@dataclass(frozen=True)
class Event:
    """One event of a notification. `date` is None when it can't be read as a time; the text is then in `extra`."""

    remote_action_id: str
    vin: str
    date: datetime | None
    remote_type: str
    type: str
    status: str
    failure_cause: str | None = None
    feedback_detail: str | None = None
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Unreadable:
    """An event of a notification that can't be taken in, and why."""

    reason: str
    event: object


MAX_WORD = 160  # four such words must fit into an index entry


def decode_notification(body: object) -> tuple[list[Event], list[Unreadable]]:
    """Read RemoteEvents (fleet-owner-v3-webhook.yaml), or an array of them: the events that can be read, and the rest.

    After an outage a cloud may post what waits as one array. Raises Invalid when the body as a whole is neither.
    """
    if not isinstance(body, list):
        return _one_notification(body)
    if not body:
        raise Invalid("events", "an array of notifications holds at least one")
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    for place, member in enumerate(body):
        try:
            read, rest = _one_notification(member)
        except Invalid as error:
            read, rest = [], [Unreadable(str(error), member)]
        events += read
        unreadable += [Unreadable(f"[{place}].{item.reason}", item.event) for item in rest]
    return events, unreadable


def _one_notification(body: object) -> tuple[list[Event], list[Unreadable]]:
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
    date = _time(item.get("eventDate"))
    extra = {key: value for key, value in item.items() if key not in _EVENT_FIELDS}
    more = {key: value for key, value in status.items() if key not in _STATUS_FIELDS}
    if more:
        extra["eventStatus"] = more
    if date is None and item.get("eventDate") is not None:
        extra["eventDate"] = item["eventDate"]
    event_type, word, cause = _status(status)
    return Event(
        remote_action_id=_word(item, "remoteActionId"),
        vin=vin_capitals(_optional_word(item, "vin") or ""),
        date=date,
        remote_type=_optional_word(item, "remoteType") or "",
        type=event_type,
        status=word,
        failure_cause=cause,
        feedback_detail=_optional_word(status, "feedbackDetail"),
        extra=extra,
    )


def _status(status: Mapping[str, object]) -> tuple[str, str, str | None]:
    """Type, status and cause. A `type` of Failed, as one page has it, is `Done`/`Failed`; another word is the cause."""
    cause = _optional_word(status, "failureCause")
    event_type = _optional_word(status, "type") or _type_of_drawing(status.get("status"))
    if event_type == statuses.FAILED:
        word = _optional_word(status, "status")
        return statuses.DONE, statuses.FAILED, cause or (None if word in statuses.DONE_STATUSES else word or None)
    return event_type or _word(status, "type"), _word(status, "status"), cause


# As one page draws `status`: an object under this name with the one word in it.
_DRAWN = {"RemoteDoneEventStatus": statuses.DONE, "RemotePendingEventStatus": statuses.PENDING}


def _type_of_drawing(value: object) -> str | None:
    """The type that the name in a drawn status gives away, where the event has none itself."""
    return _DRAWN.get(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


_EVENT_FIELDS = {"remoteActionId", "vin", "eventDate", "remoteType", "eventStatus"}
_STATUS_FIELDS = {"type", "status", "failureCause", "feedbackDetail"}


def _word(item: Mapping[str, object], key: str) -> str:
    word = _optional_word(item, key)
    if not word:
        raise Invalid(key, "is empty")
    return word


def _optional_word(item: Mapping[str, object], key: str) -> str | None:
    value = item.get(key)
    # An array or an object with one member stands for that member.
    while isinstance(value, list | dict) and len(value) == 1:
        (value,) = value.values() if isinstance(value, dict) else value
    if value is None:
        return None
    if key == "remoteActionId":
        value = id_text(value)
    if not isinstance(value, str) or len(value) > MAX_WORD or "\x00" in value:
        raise Invalid(key, f"must be a string of at most {MAX_WORD} characters")
    return value


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def encode_event(event: Event) -> JsonObject:
    """One entry of `events` (RemoteEvent), unknown fields at their places."""
    extra = dict(event.extra)
    status: JsonObject = {"type": event.type, "status": event.status}
    if event.failure_cause is not None:
        status["failureCause"] = event.failure_cause
    if event.feedback_detail is not None:
        status["feedbackDetail"] = event.feedback_detail
    status |= extra.pop("eventStatus", {})
    body: JsonObject = {"remoteActionId": event.remote_action_id, "vin": event.vin}
    if event.date is not None:
        body["eventDate"] = format_time(event.date)
    return {**body, "remoteType": event.remote_type, "eventStatus": status, **extra}


def encode_notification(
    callback_id: str, attributes: Sequence[Mapping[str, str]], events: Sequence[JsonObject]
) -> JsonObject:
    """The body that is posted to a webhook. `attributes` are the callback's Body attributes, `{key, value}` each."""
    pairs = [{"key": item["key"], "value": item["value"]} for item in attributes]
    return {"callbackId": callback_id, "attributes": pairs, "events": list(events)}


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-21T08:00:00.000Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class ActionReport:
    """What GET …/remotes/{rid} tells of a remote action; `status` is None before upstream has said one."""

    remote_action_id: str
    label: str | None
    status: str | None
    failure_cause: str | None
    feedback_detail: str | None


def decode_action(body: object) -> ActionReport:
    """Read a RemoteAction. Raises Invalid when it has no id."""
    if not isinstance(body, dict):
        raise Invalid("", "a remote action is an object")
    remote = body.get("remote")
    label = remote.get("label") if isinstance(remote, dict) else None
    return ActionReport(
        remote_action_id=_word(body, "remoteActionId"),
        label=label if isinstance(label, str) else None,
        status=_optional_word(body, "status"),
        failure_cause=_optional_word(body, "failureCause"),
        feedback_detail=_optional_word(body, "feedbackDetail"),
    )


def type_of_status(status: str) -> str:
    """`Done` or `Pending`: GET gives a status without its event type."""
    return statuses.DONE if status in statuses.DONE_STATUSES else statuses.PENDING
