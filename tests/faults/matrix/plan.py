"""The cells of the fault matrix, and which of them are tried; a seed decides."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from remotes.sending.absence import LEAST_LAG
from tests.faults.matrix.lies import KILLED, LIE_TYPES, LIES, NO_CRASH

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
    Crash(NO_CRASH, NOTHING),
    Crash(KILLED[0], KILL, BEFORE_REQUEST),
    Crash(KILLED[1], KILL),
    Crash(KILLED[2], KILL, BEFORE_COMMIT),
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
    """One fault, one crash, one type: keys of FAULTS and TYPES, or of LIES and LIE_TYPES, a name of CRASHES."""

    fault: str
    crash: str
    type: str

    @property
    def is_lie(self) -> bool:
        return self.fault in LIES

    @property
    def asked(self) -> dict[str, Any]:
        """The body."""
        return LIE_TYPES[self.type] if self.is_lie else TYPES[self.type].body


@dataclass(frozen=True)
class Plan:
    """`only_lies`: nothing but the lists that lie.

    Seconds: time-outs and lease of sending, and the time to live of what is asked for. That is over before anybody
    knows what became of an unknown outcome, but where lists lie: there a machine could send again.

    `apart`: the cells of one harm are over before the next one is done, but where lists lie; else the harms follow each
    other at once.
    """

    seed: int = 1
    every: bool = False
    only_lies: bool = False
    apart: bool = False
    speed: float = 100.0
    read_timeout: float = 1.0
    lease: float = 5.0
    time_to_live: int = 8
    time_to_live_of_lies: int = 300

    def cells(self) -> list[Cell]:
        """Every cell, or a sample with each fault once, all crashes and all types."""
        if self.only_lies:
            return []
        if self.every:
            return [Cell(fault, crash.name, type) for type in TYPES for fault in FAULTS for crash in CRASHES]
        draw = random.Random(f"cells {self.seed}")
        crashes = _some([crash.name for crash in CRASHES], len(FAULTS), draw)
        types = _some([*TYPES], len(FAULTS), draw)
        return [Cell(*cell) for cell in zip(FAULTS, crashes, types, strict=True)]

    def lies(self) -> list[Cell]:
        """Every list that lies with every type and crash, or a sample with each lie once."""
        if self.every:
            kinds = [(name, crash) for name, lie in LIES.items() for crash in lie.crashes]
            return [Cell(*kind, type) for type in LIE_TYPES for kind in kinds]
        draw = random.Random(f"lies {self.seed}")
        types = _some([*LIE_TYPES], len(LIES), draw)
        crashes = _some([NO_CRASH, *KILLED], len(LIES), draw)
        return [
            Cell(name, crash if crash in lie.crashes else NO_CRASH, type)
            for (name, lie), crash, type in zip(LIES.items(), crashes, types, strict=True)
        ]

    @property
    def gateways(self) -> int:
        """One for each fault and crash, so that no gateway fails so often in a row that it counts as down."""
        return len({(cell.fault, cell.crash) for cell in self.cells()})

    @property
    def gateways_of_lies(self) -> int:
        """So many that none is of more than four vehicles, fewer than make it count as down."""
        return -(-len(self.lies()) // 4)

    @property
    def floor(self) -> float:
        """Seconds for which a list may lag, whatever is known of it."""
        return LEAST_LAG.total_seconds() / self.speed


def _some(items: Sequence[str], number: int, draw: random.Random) -> list[str]:
    """So many of the items, each as often as another, but for one, in any order."""
    each = [items[place % len(items)] for place in range(number)]
    return draw.sample(each, number)


def small(seed: int = 1) -> Plan:
    """A sample that is over in half a minute."""
    return Plan(seed)


def whole(*, only_lies: bool = False) -> Plan:
    """All cells, and lists that may lag for longer than a lease, as in life."""
    return Plan(every=True, only_lies=only_lies, apart=True, speed=30.0, read_timeout=1.5, lease=6.0, time_to_live=12)
