"""Reads words, statuses, times and whole notifications as clouds write them, in either dialect."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from protocol import statuses
from protocol.canonical.event import MAX_WORD, ActionReport, Event, Unreadable
from protocol.errors import Invalid
from protocol.ids import id_text

Read = tuple[list[Event], list[Unreadable]]


def read_each(body: object, name: str, read_one: Callable[[object], Read]) -> Read:
    """What `read_one` reads of a notification, or of each in an array of them, as a cloud may post what has waited.

    Raises Invalid, naming `name`, for an empty array, and what `read_one` raises for a single notification.
    """
    if not isinstance(body, list):
        return read_one(body)
    if not body:
        raise Invalid(name, "an array of notifications holds at least one")
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    for place, member in enumerate(body):
        try:
            read, rest = read_one(member)
        except Invalid as error:
            read, rest = [], [Unreadable(str(error), member)]
        events += read
        unreadable += [Unreadable(f"[{place}].{item.reason}", item.event) for item in rest]
    return events, unreadable


def required_word(item: Mapping[str, object], key: str) -> str:
    """A word that must be there. Raises Invalid."""
    word = optional_word(item, key)
    if not word:
        raise Invalid(key, "is empty")
    return word


def optional_word(item: Mapping[str, object], key: str) -> str | None:
    """A word, also where it is drawn as an array or object with one member; None where nothing is said in it.

    Raises Invalid for what is no word.
    """
    value = item.get(key)
    while isinstance(value, list | dict) and len(value) == 1:
        (value,) = value.values() if isinstance(value, dict) else value
    if value is None:
        return None
    if key == "remoteActionId":
        value = id_text(value)
    if not isinstance(value, str) or len(value) > MAX_WORD or "\x00" in value:
        raise Invalid(key, f"must be a string of at most {MAX_WORD} characters")
    return value if value.strip() else None


# As one page draws `status`: an object under this name with the one word in it.
_DRAWN = {"RemoteDoneEventStatus": statuses.DONE, "RemotePendingEventStatus": statuses.PENDING}


def status_words(status: Mapping[str, object]) -> tuple[str, str, str | None]:
    """Type, status and cause. A `type` of Failed, as one page has it, is `Done`/`Failed`; another word is the cause."""
    cause = optional_word(status, "failureCause")
    event_type = optional_word(status, "type") or _type_of_drawing(status.get("status"))
    if event_type == statuses.FAILED:
        word = optional_word(status, "status")
        return statuses.DONE, statuses.FAILED, cause or (None if word in statuses.DONE_STATUSES else word)
    return event_type or required_word(status, "type"), required_word(status, "status"), cause


def _type_of_drawing(value: object) -> str | None:
    """The type that the name in a drawn status gives away, where the event has none itself."""
    return _DRAWN.get(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


def moment(value: object) -> datetime | None:
    """A time in UTC, None where it can't be read as one."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def decode_action(body: object) -> ActionReport:
    """Read a RemoteAction, which both dialects write the same. Raises Invalid when it has no id."""
    if not isinstance(body, dict):
        raise Invalid("", "a remote action is an object")
    remote = body.get("remote")
    label = remote.get("label") if isinstance(remote, dict) else None
    return ActionReport(
        remote_action_id=required_word(body, "remoteActionId"),
        label=label if isinstance(label, str) else None,
        status=optional_word(body, "status"),
        failure_cause=optional_word(body, "failureCause"),
        feedback_detail=optional_word(body, "feedbackDetail"),
    )
