"""The board of a vehicle's page: a row for each part of it, with what it says and what can be done about it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.forms import REMOTE_FORMS
from console.vehicle.now.usual import Facts, Weight, facts_of, in_front, weight_in_menu
from console.vehicle.panel import Panel
from fleets.models import Vehicle
from fleets.vehicles.state import StateRow
from protocol.catalogue import Command, RemoteType
from remotes.finding.marks import IMMOBILISED, STOLEN, Mark

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

QUICK = 3
"""So many commands stand at the thumb on a phone."""


@dataclass(frozen=True)
class Spec:
    """A row: its name, what of the state it shows, and the remote types that change that."""

    key: str
    title: "StrOrPromise"
    shows: tuple[str, ...]
    types: tuple[str, ...]


_SPECS = (
    Spec("doors", _("Doors"), ("doors", "openings"), ("Locking",)),
    Spec("climate", _("Cabin climate"), ("climate", "climate-programs"), ("Preconditioning",)),
    Spec("charge", _("Charge"), ("energy-Electric", "charging", "next-charge", "charging-programs"), ("Charging",)),
    Spec("signals", _("Lights, horn"), ("lights",), ("Lights", "Horn")),
    Spec("place", _("Position"), ("movement",), ("VehicleFinder",)),
    Spec("route", _("Route"), (), ("Navigation",)),
    Spec("connection", _("Connection"), (), ("WakeUp",)),
)
_SECURITY = Spec("security", _("Security"), ("stolen", "immobiliser", "unmarked", "alarm-trigger", "alarm"), ())
_OTHER = Spec("other", _("More"), (), ())
# Stands where its cost is told.
_ELSEWHERE = ("State",)
# What is asked for most where nobody has asked for anything yet.
_AT_FIRST = ("Locking", "VehicleFinder", "Lights", "Preconditioning", "Horn", "Charging")


@dataclass(frozen=True)
class Button:
    """`asks`: it leads to a question and sends nothing itself. `is_quick`: on a phone it stands at the thumb."""

    command: Command
    weight: Weight
    asks: bool
    is_quick: bool = False


@dataclass(frozen=True)
class Row:
    """`front` stands beside what is `said`; `more`, `options` (forms that do more) and `forms` are in a menu or links.

    `error_at`: the command in it that was refused just now, which is told until something else is pressed.
    """

    key: str
    title: "StrOrPromise"
    said: list[StateRow]
    front: list[Button]
    more: list[Button]
    options: list[RemoteType]
    forms: list[RemoteType]
    error_at: str = ""

    @property
    def has_error(self) -> bool:
        return self.error_at in {button.command.name for button in (*self.front, *self.more)}

    @property
    def error_in_menu(self) -> bool:
        return self.error_at in {button.command.name for button in self.more}

    @property
    def has_menu(self) -> bool:
        return bool(self.more or self.options or (self.forms and self.key == "security"))


@dataclass(frozen=True)
class Board:
    """`quick` are the commands at the thumb, `rest` what the vehicle tells that no row shows, `tells` that it does."""

    rows: list[Row]
    quick: list[Button]
    rest: list[StateRow]
    tells: bool


def board_of(
    panel: Panel, told: Sequence[StateRow], marks: Iterable[Mark], vehicle: Vehicle, used: Collection[str]
) -> Board:
    """`used`: the remote types that were sent to the vehicle lately, each as often as it was. No query."""
    on = {mark.name: mark for mark in marks}
    facts = facts_of(vehicle.state, immobilised=IMMOBILISED in on, stolen=STOLEN in on)
    values = {row.key: row for row in [*told, *_immobiliser(on.get(IMMOBILISED))]}
    if not {"stolen", "immobiliser"} & values.keys() and STOLEN not in on:
        values["unmarked"] = StateRow("unmarked", str(_SECURITY.title), gettext("Not known as stolen or immobilised"))
    able = {entry.name: entry for group in panel.groups for entry in group.types}
    dangerous = panel.dangerous.types
    unable = frozenset[str]().union(*(group.unable for group in (*panel.groups, panel.dangerous)))
    quick = _quick(able, facts, unable, used)
    placed = {name for spec in _SPECS for name in spec.types} | set(_ELSEWHERE)
    kinds = [(spec, [able[name] for name in spec.types if name in able]) for spec in _SPECS]
    kinds += [(_OTHER, [entry for name, entry in able.items() if name not in placed]), (_SECURITY, dangerous)]
    rows = [_row(spec, types, values, facts, unable, quick, panel.error_at) for spec, types in kinds]
    shown = {key for row in rows for key in (value.key for value in row.said)}
    return Board(
        rows=[row for row in rows if row.said or row.front or row.has_menu or row.forms],
        quick=quick,
        rest=[row for row in told if row.key not in shown],
        tells=bool(told),
    )


def _immobiliser(mark: Mark | None) -> Iterable[StateRow]:
    """A state has no word for it: our own command tells."""
    if mark is not None:
        yield StateRow("immobiliser", gettext("Immobiliser"), mark.text, mark.at, "bad")


def _quick(able: dict[str, RemoteType], facts: Facts, unable: frozenset[str], used: Collection[str]) -> list[Button]:
    """Of each type that is used most the command that stands in front, else of those that a fleet wants at first."""
    order = [*(name for name, _times in Counter(used).most_common()), *_AT_FIRST]
    fronts = [_fronts(able[name], facts, unable) for name in dict.fromkeys(order) if name in able]
    return [Button(buttons[0].command, buttons[0].weight, asks=False, is_quick=True) for buttons in fronts if buttons][
        :QUICK
    ]


def _fronts(entry: RemoteType, facts: Facts, unable: frozenset[str]) -> list[Button]:
    found = in_front(entry, facts)
    commands = {command.name: command for command in entry.commands if command.name not in unable}
    return [Button(commands[name], weight, entry.dangerous) for name, weight in found.items() if name in commands]


def _row(
    spec: Spec,
    types: list[RemoteType],
    values: dict[str, StateRow],
    facts: Facts,
    unable: frozenset[str],
    quick: list[Button],
    error_at: str,
) -> Row:
    at_thumb = {button.command.name for button in quick}
    front = [
        Button(button.command, button.weight, button.asks, button.command.name in at_thumb)
        for entry in types
        for button in _fronts(entry, facts, unable)
    ]
    in_place = {button.command.name for button in front} | unable
    more = [
        Button(command, weight_in_menu(entry, command), entry.dangerous)
        for entry in types
        for command in entry.commands
        if command.name not in in_place
    ]
    with_form = [entry for entry in types if entry.name in REMOTE_FORMS]
    return Row(
        key=spec.key,
        title=spec.title,
        said=[values[key] for key in spec.shows if key in values],
        front=front,
        more=more,
        options=[entry for entry in with_form if entry.commands],
        forms=[entry for entry in with_form if not entry.commands],
        error_at=error_at,
    )
