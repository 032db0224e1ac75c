"""Programs of the week, of climate and charging: read, put in words, and compared with what the vehicle has stored."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from remotes.describe import DAYS, days_words

SLOTS = (1, 2, 3, 4)

_DAY_TIME = re.compile(r"P(?:0D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.ASCII)


@dataclass(frozen=True)
class Program:
    """A program of a slot. Times are `HH:MM`, or as they came where they are none; `recurrence` is of climate only."""

    start: str
    end: str
    days: tuple[str, ...]
    enabled: bool
    recurrence: str

    def __str__(self) -> str:
        time = f"{self.start or 'no time'}–{self.end}" if self.end else self.start or "no time"
        parts = [time, days_words(self.days), "once" if self.recurrence == "None" else ""]
        return ", ".join([part for part in parts if part] + ([] if self.enabled else ["switched off"]))


@dataclass(frozen=True)
class Change:
    """What becomes of a slot. `kind`: new, changed, deleted, or same where nothing changes."""

    slot: int
    kind: str
    before: str
    after: str


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
    return Program(
        start=clock(item.get("start")),
        end=clock(item.get("end")),
        days=tuple(day for day in DAYS if day in known),
        enabled=item.get("enabled") is not False,
        recurrence=recurrence if isinstance(recurrence, str) else "",
    )


def read_programs(items: Any) -> dict[int, Program]:
    """The programs of a vehicle's state by their slot."""
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {item["slot"]: read_program(item) for item in found if item.get("slot") in SLOTS}


def changes(stored: Mapping[int, Program], wanted: Iterable[Mapping[str, Any]]) -> list[Change]:
    """What a command with the programs `wanted` changes about those that are stored."""
    return [_change(int(item["slot"]), stored.get(item["slot"]), item) for item in wanted]


def _change(slot: int, before: Program | None, item: Mapping[str, Any]) -> Change:
    if item.get("actionsType") == "Delete":
        return Change(slot, "deleted" if before else "same", str(before or ""), "")
    after = read_program(item)
    if before is None:
        return Change(slot, "new", "", str(after))
    return Change(slot, "same" if before == after else "changed", str(before), str(after))
