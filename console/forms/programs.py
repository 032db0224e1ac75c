"""Programs of the week, of climate and charging: read, put in words, and compared with what the vehicle has stored."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from fleets.words.times import DAYS, days_words

SLOTS = (1, 2, 3, 4)

_DAY_TIME = re.compile(r"P(?:0D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.ASCII)


@dataclass(frozen=True)
class Program:
    """A program of a slot. Times are `HH:MM`, or as they came where they are none; `recurrence` is of climate only.

    `levels`: to how many percent at the least and at the most v1 charges; none where there are not both.
    """

    start: str
    end: str
    days: tuple[str, ...]
    enabled: bool
    recurrence: str
    levels: tuple[str, str] | None = None

    def __str__(self) -> str:
        parts = [self.times or gettext("no time"), days_words(self.days)]
        parts += [gettext("once")] if self.recurrence == "None" else []
        parts += ["–".join(self.levels) + " %"] if self.levels else []
        return ", ".join(parts + ([] if self.enabled else [gettext("switched off")]))

    @property
    def times(self) -> str:
        """When it begins, and when it ends if it does."""
        return f"{self.start or gettext('no time')}–{self.end}" if self.end else self.start


@dataclass(frozen=True)
class Change:
    """What becomes of a slot. `kind`: new, changed, deleted, or same where nothing changes."""

    slot: int
    kind: str
    before: str
    after: str


@dataclass(frozen=True)
class Cell:
    """A day of a slot in the grid of the week: its times as stored and as wanted, and what becomes of them."""

    day: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        if self.before == self.after:
            return "same" if self.after else "none"
        return "changed" if self.before and self.after else "new" if self.after else "deleted"


@dataclass(frozen=True)
class GridRow:
    """A slot of the grid. `is_off`: what it holds in the end is switched off."""

    slot: int
    cells: list[Cell]
    is_off: bool


def clock(value: Any) -> str:
    """A duration from midnight as a time of day: PT14H30M is 14:30. Anything else as it is."""
    if not isinstance(value, str):
        return ""
    found = _DAY_TIME.fullmatch(value)
    if found is None or not any(found.groups()):
        return value
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    minutes, seconds = minutes + seconds // 60, seconds % 60
    hours, minutes = hours + minutes // 60, minutes % 60
    return f"{hours:02}:{minutes:02}:{seconds:02}" if seconds else f"{hours:02}:{minutes:02}"


def read_program(item: Mapping[str, Any]) -> Program:
    """A program as it stands in a command, or in a vehicle's state; what is missing or odd there counts as left out."""
    occurrence = item.get("occurence", item.get("occurrence"))
    days = occurrence.get("day") if isinstance(occurrence, dict) else None
    known = days if isinstance(days, list) else []
    recurrence = item.get("recurrence")
    least, most = item.get("minChargingLevel"), item.get("maxChargingLevel")
    return Program(
        start=clock(item.get("start")),
        end=clock(item.get("end")),
        days=tuple(day for day in DAYS if day in known),
        enabled=item.get("enabled") is not False,
        recurrence=recurrence if isinstance(recurrence, str) else "",
        levels=None if least is None or most is None else (str(least), str(most)),
    )


def read_programs(items: Any) -> dict[int, Program]:
    """The programs of a vehicle's state by their slot."""
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {item["slot"]: read_program(item) for item in found if item.get("slot") in SLOTS}


def changes(stored: Mapping[int, Program], wanted: Iterable[Mapping[str, Any]]) -> list[Change]:
    """What a command with the programs `wanted` changes about those that are stored."""
    return [_change(int(item["slot"]), stored.get(item["slot"]), item) for item in wanted]


def grid(stored: Mapping[int, Program], wanted: Iterable[Mapping[str, Any]]) -> list[GridRow]:
    """The week with its four slots, as it is stored and as a command with the programs `wanted` would leave it."""
    asked = {int(item["slot"]): item for item in wanted}
    return [_grid_row(slot, stored.get(slot), asked.get(slot)) for slot in SLOTS]


def _grid_row(slot: int, before: Program | None, item: Mapping[str, Any] | None) -> GridRow:
    after = before if item is None else None if item.get("actionsType") == "Delete" else read_program(item)
    cells = [Cell(day, _on(before, day), _on(after, day)) for day in DAYS]
    return GridRow(slot, cells, after is not None and not after.enabled)


def _on(program: Program | None, day: str) -> str:
    return (program.times or "?") if program and day in program.days else ""


def _change(slot: int, before: Program | None, item: Mapping[str, Any]) -> Change:
    if item.get("actionsType") == "Delete":
        return Change(slot, "deleted" if before else "same", str(before or ""), "")
    after = read_program(item)
    if before is None:
        return Change(slot, "new", "", str(after))
    return Change(slot, "same" if before == after else "changed", str(before), str(after))
