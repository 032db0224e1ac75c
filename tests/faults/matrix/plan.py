"""The cells of the fault matrix, and which of them are tried; a seed decides."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

OFF_LINE = "vehicle off line"

FAULTS: dict[str, dict[str, float]] = {
    "time-out before acceptance": {"timeout_before": 1},
    "time-out after": {"timeout_after": 1},
    "cut before": {"cut_before": 1},
    "cut after": {"cut_after": 1},
    "429": {"429": 1},
    "500": {"500": 1},
    "HTML 502": {"html_502": 1},
    "notification before the 202": {"before_202": 1},
    "duplicates": {"duplicates": 1},
    "reorder": {"reorder": 1},
    "lost Done": {"lost_done": 1},
    "orphan": {"orphan": 1},
    OFF_LINE: {},
}
"""What the simulator does with a vehicle's next remote action; a vehicle off line is one of another profile."""

BEFORE_REQUEST, AFTER_REQUEST, BEFORE_COMMIT = "before the request", "after the request", "before the commit"
NOTHING, KILL, FLUSH, POSTGRES, WEB = "nothing", "SIGKILL", "Redis flushed", "PostgreSQL restarted", "web killed"


@dataclass(frozen=True)
class Crash:
    """What is done (`harm`) while the worker that sends stands still at `moment`."""

    name: str
    harm: str
    moment: str = AFTER_REQUEST


CRASHES = (
    Crash("no crash", NOTHING),
    Crash("worker killed before the request", KILL, BEFORE_REQUEST),
    Crash("worker killed after the request", KILL),
    Crash("worker killed before the commit", KILL, BEFORE_COMMIT),
    Crash("Redis flushed", FLUSH),
    Crash("PostgreSQL restarted", POSTGRES),
    Crash("web killed", WEB, BEFORE_REQUEST),
)


@dataclass(frozen=True)
class Asked:
    """What the vehicle is asked for, and the word for it in the simulated vehicle's own count."""

    body: dict[str, Any]
    counted_as: str


TYPES = {
    "Doors": Asked({"door": {"state": "Unlocked"}}, "Doors"),
    "Horn": Asked({"horn": {"state": "Activated"}}, "Horn"),
    "Immobilization": Asked({"immobilization": {"activate": True}}, "Immobilization"),
}


@dataclass(frozen=True)
class Cell:
    """One fault, one crash, one type: keys of FAULTS and TYPES, a name of CRASHES."""

    fault: str
    crash: str
    type: str


@dataclass(frozen=True)
class Plan:
    """Seconds: time-outs and lease of sending, and the time to live of what is asked for. That is over before anybody
    knows what became of an unknown outcome.

    `apart`: the cells of one harm are over before the next one is done; else the harms follow each other at once.
    """

    seed: int = 1
    every: bool = False
    apart: bool = False
    speed: float = 100.0
    read_timeout: float = 1.0
    lease: float = 5.0
    time_to_live: int = 8

    def cells(self) -> list[Cell]:
        """Every cell, or a sample with each fault once, all crashes and all types."""
        if self.every:
            return [Cell(fault, crash.name, type) for type in TYPES for fault in FAULTS for crash in CRASHES]
        draw = random.Random(f"cells {self.seed}")
        crashes = _some([crash.name for crash in CRASHES], len(FAULTS), draw)
        types = _some([*TYPES], len(FAULTS), draw)
        return [Cell(*cell) for cell in zip(FAULTS, crashes, types, strict=True)]

    @property
    def gateways(self) -> int:
        """One for each fault and crash, so that no gateway fails so often in a row that it counts as down."""
        return len({(cell.fault, cell.crash) for cell in self.cells()})


def _some(items: Sequence[str], number: int, draw: random.Random) -> list[str]:
    """So many of the items, each as often as another, but for one, in any order."""
    each = [items[place % len(items)] for place in range(number)]
    return draw.sample(each, number)


def small(seed: int = 1) -> Plan:
    """A sample that is over in half a minute."""
    return Plan(seed)


def whole() -> Plan:
    """All cells, with time-outs nearer to life."""
    return Plan(every=True, apart=True, read_timeout=2.0, lease=10.0, time_to_live=12)
