"""What is told of a remote action: events of a notification, and reports that are asked for.

The JSON of an event is RemoteEvent of fleet-owner-v3-webhook.yaml.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from protocol import statuses
from protocol.canonical.document import JsonObject


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


def type_of_status(status: str) -> str:
    """`Done` or `Pending`: GET gives a status without its event type."""
    return statuses.DONE if status in statuses.DONE_STATUSES else statuses.PENDING
