"""What was sent to a callback as its pages show it, newest first, a page at a time."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from callbacks.delivery.policy import Policy
from callbacks.models import Attempt, Batch, Callback
from console.callbacks.forms import SentForm
from console.callbacks.words import answer_word, shown_value, state_word, type_title
from fleets.models import Fleet, Vehicle
from fleets.vehicles.state import dig, moment_of
from fleets.words.numbers import Word
from fleets.words.sentences import said
from protocol.canonical import JsonObject, encode_event
from protocol.canonical.places import body_without_whereabouts
from protocol.dialects import decode_notification
from protocol.errors import Invalid
from remotes.models import RemoteAction
from remotes.words.failures import told_why

PAGE_SIZE = 20

# What a batch's page shows at the most; a body may hold 10,000 events.
MOST_EVENTS = 100
MOST_TEXT = 100_000

# Vehicles that a row of the list names.
_NAMED = 2

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`older` is the key that the next page lies before, None on the last one."""

    rows: list[Row]
    older: int | None


@dataclass(frozen=True)
class Sent:
    """A batch in the list: how it stands, and the first of its vehicles, each with its VIN."""

    batch: Batch
    word: Word
    vehicles: list[tuple[str, Vehicle | None]]
    more_vehicles: int


@dataclass(frozen=True)
class Try:
    """An attempt and the other system's answer in words."""

    attempt: Attempt
    word: Word


@dataclass(frozen=True)
class EventRow:
    """An event of a body (RemoteEvent). `status` is the protocol's word, `why` says in words why it failed.

    An alert has its message for a title.
    """

    at: datetime | None
    vin: str
    vehicle: Vehicle | None
    title: str
    status: str
    why: str
    action_id: str


@dataclass(frozen=True)
class Body:
    """A batch's body to read: its events, how many more there are, and the text, cut where it is very long."""

    events: list[EventRow]
    more_events: int
    text: str
    is_cut: bool


def sent_page(callback: Callback, form: SentForm, before: int | None) -> Page[Sent]:
    """The batches that the form asks for: two statements, however many there are."""
    rows = list(_newest(_matching(callback, form).defer("body"), before))
    page = _page(rows)
    policy = Policy.of(callback.subscribe)
    known = _vehicles(callback.fleet, (vin for batch in page.rows for vin in batch.vins[:_NAMED]))
    return Page([_sent(batch, policy, known) for batch in page.rows], page.older)


def attempts_page(callback: Callback, before: int | None, wanted: Q | None = None) -> Page[Try]:
    """The tries of all batches that are wanted, each with its batch: one statement."""
    attempts = Attempt.objects.filter(wanted or Q(), callback=callback).select_related("batch").defer("batch__body")
    page = _page(list(_newest(attempts, before)))
    return Page([Try(attempt, answer_word(attempt)) for attempt in page.rows], page.older)


def tries_of(batch: Batch) -> list[Try]:
    """The newest tries of a batch, the newest first."""
    return [Try(attempt, answer_word(attempt)) for attempt in batch.attempts.order_by("-pk")[:MOST_EVENTS]]


def body_of(batch: Batch, fleet: Fleet, *, may_change: bool, sees_positions: bool) -> Body:
    """What was posted, as people read it; a body that is no JSON stays as it is.

    Its attributes are shown as those of the callback are, to who `may_change` callbacks and to who may not; what says
    where a vehicle is to who `sees_positions`.
    """
    given = bytes(batch.body)
    raw = ((given if sees_positions else body_without_whereabouts(given)) or b"").decode("utf-8", "replace")
    try:
        document = json.loads(raw)
    except ValueError:
        return Body([], 0, raw[:MOST_TEXT], len(raw) > MOST_TEXT)
    _hide_values(document, may_change)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    found = dig(document, "events")
    events = found if isinstance(found, list) else _of_messages(document, batch)
    shown = events[:MOST_EVENTS]
    known = _vehicles(fleet, (_text(event, "vin") for event in shown))
    return Body(
        events=[_event(event, known) for event in shown],
        more_events=len(events) - len(shown),
        text=text[:MOST_TEXT],
        is_cut=len(text) > MOST_TEXT,
    )


def _hide_values(document: object, may_change: bool) -> None:
    """Hide them in a body of v3, a message of v1, or an array of such."""
    for message in document if isinstance(document, list) else [document]:
        pairs = dig(message, "attributes")
        for pair in pairs if isinstance(pairs, list) else []:
            if isinstance(pair, dict) and isinstance(pair.get("value"), str):
                attribute = {"type": "Body", "key": str(pair.get("key")), "value": pair["value"]}
                pair["value"] = shown_value(attribute, may_change=may_change)


def _of_messages(document: object, batch: Batch) -> list[JsonObject]:
    """The events of messages of Connected Car v1, which name no vehicle: that is the action's."""
    with suppress(Invalid):
        events, _unreadable = decode_notification(document)
        actions = RemoteAction.objects.filter(public_id__in=batch.remote_action_ids)
        vins = dict(actions.values_list("public_id", "vehicle__vin"))
        only = batch.vins[0] if len(batch.vins) == 1 else ""
        return [encode_event(event) | {"vin": event.vin or vins.get(event.remote_action_id, only)} for event in events]
    return []


def _matching(callback: Callback, form: SentForm) -> QuerySet[Batch]:
    """The callback's batches that the form asks for; a field that can't be read asks for nothing."""
    form.is_valid()
    asked = form.cleaned_data
    conditions: dict[str, Any] = {
        "state": asked.get("state"),
        "vins__contains": [asked["vin"]] if asked.get("vin") else None,
        "remote_action_ids__contains": [asked["action"]] if asked.get("action") else None,
        "formed_at__gte": form.moment("since"),
        "formed_at__lt": form.moment("until"),
    }
    given = {name: value for name, value in conditions.items() if value}
    return Batch.objects.filter(callback=callback, **given)


_Record = TypeVar("_Record", Batch, Attempt)


def _newest(rows: QuerySet[_Record], before: int | None) -> QuerySet[_Record]:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[: PAGE_SIZE + 1]


def _page(rows: list[_Record]) -> Page[_Record]:
    shown = rows[:PAGE_SIZE]
    return Page(shown, shown[-1].pk if len(rows) > PAGE_SIZE else None)


def _sent(batch: Batch, policy: Policy, known: dict[str, Vehicle]) -> Sent:
    named: Sequence[str] = batch.vins[:_NAMED]
    return Sent(
        batch=batch,
        word=state_word(batch, policy),
        vehicles=[(vin, known.get(vin)) for vin in named],
        more_vehicles=len(batch.vins) - len(named),
    )


def _event(event: object, known: dict[str, Vehicle]) -> EventRow:
    vin, remote_type, status = _text(event, "vin"), _text(event, "remoteType"), _text(event, "eventStatus", "status")
    return EventRow(
        at=moment_of(event, "eventDate") or moment_of(event, "clearedAt") or moment_of(event, "raisedAt"),
        vin=vin,
        vehicle=known.get(vin),
        title=type_title(remote_type) or said(_text(event, "message")),
        status=status,
        why=told_why(status, _text(event, "eventStatus", "failureCause")),
        action_id=_text(event, "remoteActionId"),
    )


def _text(value: object, *path: str) -> str:
    found = dig(value, *path)
    return found if isinstance(found, str) else ""


def _vehicles(fleet: Fleet, vins: Iterable[str]) -> dict[str, Vehicle]:
    """The fleet's vehicles with these VINs."""
    return {vehicle.vin: vehicle for vehicle in fleet.vehicles.filter(vin__in=set(vins))}
