"""What marks a vehicle: stolen, immobilised, its alarm, a long silence; by its state and by what we had it do.

A state has no word for the immobiliser, so what is known of it is our own last command that was carried out. Whether a
vehicle is stolen both tell, and the one that told it last counts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fleets.models import Vehicle
from fleets.storage import clock
from fleets.vehicles.expressions import said_at
from fleets.vehicles.state import dig
from fleets.words.numbers import Tone
from protocol import statuses
from remotes.models import RemoteAction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Vehicles = QuerySet[Vehicle]

STOLEN, IMMOBILISED, ALARM = "stolen", "immobilised", "alarm"
MARKS: dict[str, "StrOrPromise"] = {
    STOLEN: _("Stolen"),
    IMMOBILISED: _("Immobilised"),
    ALARM: _("Alarm"),
}
"""Those that one can look for, in words."""

SILENCES = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""For how long a vehicle was not heard of, by the value of the filter."""
SILENT = timedelta(days=3)
"""So long a silence is a mark."""
DEEP_SLEEP = timedelta(days=7)
"""A vehicle that was not used for so long goes into deep sleep (protocol: reported by users)."""

# The actions that tell of each, and those that switch it on: payloads in their canonical form.
_TELL = {
    IMMOBILISED: Q(remote_type="Immobilization") | Q(remote_type="Stolen", payload__has_key="immobilization"),
    STOLEN: Q(remote_type="Stolen", payload__has_key="stolen"),
}
_SWITCH_ON = {
    IMMOBILISED: Q(remote_type="Immobilization", payload__activate=True)
    | Q(remote_type="Stolen", payload__immobilization__activate=True),
    STOLEN: Q(payload__stolen=True),
}
# As the index action_marks has it.
CARRIED_OUT = Q(remote_type__in=["Immobilization", "Stolen"], status__in=statuses.CARRIED_OUT)
WANTED = ("vehicle", "remote_type", "payload", "status", "finished_at")
"""What of an action is looked at."""


@dataclass(frozen=True)
class Own:
    """What our last command of a kind, carried out `at`, has made of the vehicle."""

    on: bool
    at: datetime


@dataclass(frozen=True)
class Mark:
    """`is_own`: known by our own command. `at`: since when it is known, or heard of last; None where nobody knows."""

    name: str
    text: str
    tone: Tone
    at: datetime | None = None
    is_own: bool = False
    meaning: str = ""


def own_keys(vehicles: Collection[int]) -> list[QuerySet[Any, Any]]:
    """The primary keys of the actions that `own_words_of` wants to know of the vehicles with these keys, or null."""
    cars = Vehicle.objects.filter(pk__in=vehicles).order_by()
    return [cars.values_list(Subquery(_newest(tells).values("pk")[:1])) for tells in _TELL.values()]


def own_words(vehicle: Vehicle) -> dict[str, Own]:
    """What our last commands have made of the vehicle, by the mark. One statement."""
    first, *others = own_keys([vehicle.pk])
    actions = RemoteAction.objects.filter(pk__in=first.union(*others)).order_by().only(*WANTED)
    return own_words_of(actions).get(vehicle.pk, {})


def carried_out() -> QuerySet[RemoteAction]:
    """Of a vehicle (the outer row) the actions that may tell of a mark and were carried out."""
    return RemoteAction.objects.filter(CARRIED_OUT, vehicle=OuterRef("pk"), finished_at__isnull=False)


def _newest(tells: Q) -> QuerySet[RemoteAction]:
    """Of a vehicle's actions that tell of a mark those that were carried out, the newest first."""
    return carried_out().filter(tells).order_by("-pk")


def own_words_of(actions: Iterable[RemoteAction]) -> dict[int, dict[str, Own]]:
    """The same of many vehicles, by their keys; `actions` are those of `own_keys`, and may be others besides."""
    found: dict[int, dict[str, Own]] = {}
    for action in actions:
        told = _told_by(action)
        if told and action.finished_at and action.status in statuses.CARRIED_OUT:
            found.setdefault(action.vehicle_id, {})[told[0]] = Own(told[1], action.finished_at)
    return found


def _told_by(action: RemoteAction) -> tuple[str, bool] | None:
    """What the action tells of, and whether it switches that on: `_TELL` and `_SWITCH_ON` of one row."""
    payload = action.payload
    if action.remote_type == "Immobilization":
        return IMMOBILISED, payload.get("activate") is True
    if action.remote_type == "Stolen" and "immobilization" in payload:
        return IMMOBILISED, dig(payload, "immobilization", "activate") is True
    if action.remote_type == "Stolen" and "stolen" in payload:
        return STOLEN, payload["stolen"] is True
    return None


def with_stolen_said_at(vehicles: Vehicles) -> Vehicles:
    """The same, each with when it told whether it is stolen, for `marks_of`."""
    return vehicles.annotate(stolen_said_at=said_at("state__stolen"))


def marks_of(vehicle: Vehicle, own: Mapping[str, Own], stolen_said_at: datetime | None, now: datetime) -> list[Mark]:
    """The gravest first. `own` as `own_words` has it. No query."""
    found = [_stolen(vehicle, own.get(STOLEN), stolen_said_at), _immobilised(own.get(IMMOBILISED))]
    if vehicle.has_alarm:
        found.append(Mark(ALARM, gettext("Alarm"), Tone.BAD))
    if vehicle.gone_at is None:
        found.append(_silent(vehicle, now))
    return [mark for mark in found if mark]


def _stolen(vehicle: Vehicle, own: Own | None, told_at: datetime | None) -> Mark | None:
    if own is not None and _counts(own, vehicle.is_stolen, told_at):
        return Mark(STOLEN, gettext("Marked as stolen"), Tone.BAD, own.at, is_own=True) if own.on else None
    return Mark(STOLEN, gettext("Stolen"), Tone.BAD, told_at) if vehicle.is_stolen else None


def _counts(own: Own, told: bool | None, told_at: datetime | None) -> bool:
    """Whether our command counts beside what the vehicle tells."""
    if told is None:
        return True
    return own.on and not told if told_at is None else own.at >= told_at


def _immobilised(own: Own | None) -> Mark | None:
    if own is None or not own.on:
        return None
    return Mark(IMMOBILISED, gettext("Immobilised"), Tone.BAD, own.at, is_own=True)


def _silent(vehicle: Vehicle, now: datetime) -> Mark | None:
    heard = vehicle.heard_at
    if heard is None or now - heard < SILENT:
        return None
    days = (now - heard).days
    text = ngettext("Not heard of for %(days)d day", "Not heard of for %(days)d days", days) % {"days": days}
    meaning = ""
    if now - heard >= DEEP_SLEEP:
        meaning = gettext("A vehicle that was not used for a week can often not be woken up until it is driven.")
    return Mark("silent", text, Tone.WARN, heard, meaning=meaning)


def with_mark(vehicles: Vehicles, name: str) -> Vehicles:
    """Those that are marked so, by the rules of `marks_of`."""
    if name == ALARM:
        return vehicles.filter(has_alarm=True)
    newest = _newest(_TELL[name])
    on = Case(When(_SWITCH_ON[name], then=Value(True)), default=Value(False), output_field=BooleanField())
    vehicles = vehicles.alias(own_on=Subquery(newest.annotate(on=on).values("on")[:1]))
    if name == IMMOBILISED:
        return vehicles.filter(own_on=True)
    told_at = said_at("state__stolen")
    vehicles = vehicles.alias(
        own_at=Subquery(newest.values("finished_at")[:1], output_field=DateTimeField()), told_at=told_at
    )
    is_stolen = Case(
        When(Q(own_on__isnull=True) | Q(told_at__gt=F("own_at")), then=F("is_stolen")),
        When(Q(is_stolen__isnull=False, told_at__isnull=True), then=Q(is_stolen=True) | Q(own_on=True)),
        default=F("own_on"),
        output_field=BooleanField(),
    )
    return vehicles.alias(is_marked=is_stolen).filter(is_marked=True)


def silent_for(vehicles: Vehicles, silence: str) -> Vehicles:
    """Those that were not heard of for so long (SILENCES), or never."""
    return vehicles.filter(Q(heard_at__isnull=True) | Q(heard_at__lt=clock.now() - SILENCES[silence]))
