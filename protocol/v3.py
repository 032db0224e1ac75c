"""Codec of the Fleet Owner API v3: remotes, callbacks and notifications (fleet-owner-v3.yaml, …-webhook.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from protocol import statuses
from protocol.catalogue import BY_V3_KEY, REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.schema import check

DIALECT = "v3"

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Remote:
    """The body of a remote action: one remote type with its payload, a free label, and fields that we don't know."""

    remote_type: RemoteType
    payload: JsonObject
    label: str | None = None
    extra: JsonObject = field(default_factory=dict)


def decode_remote(body: object) -> Remote:
    """Read the body of POST …/remotes. Raises Invalid with the path of the field at fault.

    Exactly one known key must stand in it; unknown fields beside it are kept in `extra`.
    """
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    known_keys = ", ".join(entry.v3.key for entry in REMOTE_TYPES.values())
    found = {BY_V3_KEY[key].name: key for key in body if key in BY_V3_KEY}
    if len([key for key in body if key in BY_V3_KEY]) != 1:
        raise Invalid("", f"exactly one remote action a body, under one of these keys: {known_keys}")
    key = next(iter(found.values()))
    remote_type = BY_V3_KEY[key]
    label = body.get("label")
    if label is not None and not isinstance(label, str):
        raise Invalid("label", "must be a string")
    if label is not None and len(label) > MAX_LABEL:
        raise Invalid("label", f"is too long; {MAX_LABEL} characters at the most")
    payload = _known_spellings(body[key])
    check(remote_type.schema, payload, key)
    extra = {name: value for name, value in body.items() if name not in (key, "label")}
    return Remote(remote_type, payload, label, extra)


MAX_LABEL = 500


def _known_spellings(value: Any) -> Any:
    """The payload with `occurrence` (v1) written as v3's `occurence`, at any depth."""
    if isinstance(value, list):
        return [_known_spellings(item) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _known_spellings(item) for key, item in value.items()}
    return _renamed(renamed, "occurrence", "occurence", "")


def encode_remote(remote: Remote) -> JsonObject:
    """The body of POST …/remotes, and of `remote` in a remote action that is read."""
    body: JsonObject = {} if remote.label is None else {"label": remote.label}
    return {**body, remote.remote_type.v3.key: remote.payload, **remote.extra}


@dataclass(frozen=True)
class Subscribe:
    """A callback as it is registered (RemoteCallbackSubscribe).

    `document` is the whole body under its right spellings with unknown fields kept: what GET gives back.
    `remote_types` are v3 type names, empty for every type. `batch_size` 0: one event a request.
    Delays and windows are seconds; `retry_number` counts retries after the first try.
    """

    document: JsonObject
    target: str
    name: str
    label: str
    attributes: tuple[JsonObject, ...]
    remote_types: tuple[str, ...]
    policy: str
    retry_number: int
    retry_delay: int
    batch_size: int
    batch_window: int


_WEBHOOK = {
    "type": "object",
    "required": ["target", "name"],
    "properties": {
        "target": {"type": "string", "minLength": 1, "maxLength": 2000},
        "name": {"type": "string", "minLength": 1, "maxLength": 500},
        "attributes": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["key", "value", "type"],
                "properties": {
                    "type": {"enum": ["Header", "Body", "Query"]},
                    "key": {"type": "string", "minLength": 1, "maxLength": 200},
                    "value": {"type": "string", "maxLength": 2000},
                },
            },
        },
    },
}

# RemoteCallbackSubscribe of fleet-owner-v3.yaml; `Always` from the prose.
SUBSCRIBE = {
    "type": "object",
    "required": ["callback"],
    "properties": {
        "label": {"type": "string", "maxLength": MAX_LABEL},
        "retryPolicy": {
            "type": "object",
            "required": ["policy"],
            "properties": {
                "policy": {"enum": ["None", "Bounded", "Always"]},
                "retryNumber": {"type": "integer", "minimum": 1, "maximum": 10_000},
                "retryDelay": {"type": "integer", "minimum": 1, "maximum": 259_200},
            },
        },
        "batchNotify": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 0, "maximum": 10_000},
                "timeWindow": {"type": "integer", "minimum": 5, "maximum": 259_200},
            },
        },
        "callback": {"type": "object", "required": ["webhook"], "properties": {"webhook": _WEBHOOK}},
        "remoteTypes": {
            "type": "array",
            "items": {"enum": [*(entry.v3.type_name for entry in REMOTE_TYPES.values()), "ChargingState"]},
        },
    },
}


def decode_subscribe(body: object) -> Subscribe:
    """Read the body of POST …/callbacks. Raises Invalid with the path of the field at fault."""
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    document = _right_spellings(body)
    check(SUBSCRIBE, document)
    webhook = document["callback"]["webhook"]
    if not webhook["target"].lower().startswith(("http://", "https://")):
        raise Invalid("callback.webhook.target", "must be an http or https address")
    retry = document.get("retryPolicy", {})
    batch = document.get("batchNotify", {})
    return Subscribe(
        document=document,
        target=webhook["target"],
        name=webhook["name"],
        label=document.get("label", ""),
        attributes=tuple(webhook.get("attributes", ())),
        remote_types=tuple(document.get("remoteTypes", ())),
        policy=retry.get("policy", "Bounded"),
        retry_number=retry.get("retryNumber", 3),
        retry_delay=retry.get("retryDelay", 10),
        batch_size=batch.get("size", 0),
        batch_window=batch.get("timeWindow", 60),
    )


def _renamed(body: JsonObject, alias: str, name: str, path: str) -> JsonObject:
    """`body` with the misspelt `alias` under its right `name`; Invalid where both stand with different values."""
    if alias not in body:
        return body
    if name in body and body[name] != body[alias]:
        raise Invalid(path + name, f"stands beside {alias} with another value; send {name} only")
    return {**{key: value for key, value in body.items() if key != alias}, name: body[alias]}


def _right_spellings(body: JsonObject) -> JsonObject:
    """The misspellings that the published examples print, and `webhook.batch`, written as the schema has them."""
    document = _renamed(body, "notificationTypes", "remoteTypes", "")
    if isinstance(document.get("retryPolicy"), dict):
        retry = _renamed(document["retryPolicy"], "maxRetryNumber", "retryNumber", "retryPolicy.")
        document = {**document, "retryPolicy": retry}
    callback = document.get("callback")
    webhook = callback.get("webhook") if isinstance(callback, dict) else None
    if not isinstance(webhook, dict):
        return document
    webhook = _renamed(webhook, "attributres", "attributes", "callback.webhook.")
    batch = webhook.get("batch")
    if isinstance(batch, dict):
        webhook = {key: value for key, value in webhook.items() if key != "batch"}
        notify = {key: value for key, value in batch.items() if key != "enabled"}
        if batch.get("enabled", True) is not False:
            document = _renamed({**document, "batch": notify}, "batch", "batchNotify", "")
    return {**document, "callback": {**document["callback"], "webhook": webhook}}


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
    """Read RemoteEvents (fleet-owner-v3-webhook.yaml): the events that can be read, and those that can't.

    Raises Invalid when the body as a whole is not a notification.
    """
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
    return Event(
        remote_action_id=_word(item, "remoteActionId"),
        vin=_optional_word(item, "vin") or "",
        date=date,
        remote_type=_optional_word(item, "remoteType") or "",
        type=_word(status, "type"),
        status=_word(status, "status"),
        failure_cause=_optional_word(status, "failureCause"),
        feedback_detail=_optional_word(status, "feedbackDetail"),
        extra=extra,
    )


_EVENT_FIELDS = {"remoteActionId", "vin", "eventDate", "remoteType", "eventStatus"}
_STATUS_FIELDS = {"type", "status", "failureCause", "feedbackDetail"}


def _word(item: Mapping[str, object], key: str) -> str:
    word = _optional_word(item, key)
    if not word:
        raise Invalid(key, "is empty")
    return word


def _optional_word(item: Mapping[str, object], key: str) -> str | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
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
