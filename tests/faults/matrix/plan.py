"""The cells of the fault matrix, and which of them are tried; a seed decides."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from protocol.catalogue import REMOTE_TYPES
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

MANNERS: dict[str, dict[str, str]] = {
    "time-out before acceptance": {"before": "silent"},
    "time-out after": {"answer": "silent"},
    "cut before": {"before": "cut"},
    "cut after": {"answer": "cut"},
    "429": {"before": "429"},
    "500": {"before": "500"},
    "HTML 502": {"before": "a web page"},
    "notification before the 202": {"told": "first"},
    "duplicates": {"told": "twice"},
    "reorder": {"told": "reversed"},
    "lost Done": {"told": "no end"},
    "orphan": {"told": "orphan"},
    OFF_LINE: {"told": "off line"},
}
"""The same by the small cloud of v1: its manners towards the vehicle."""

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


DIALECTS = ("v3", "v1")
OF_DIALECT = {
    "v3": set(LIE_TYPES),
    "v1": {name for name, entry in REMOTE_TYPES.items() if entry.v1 is not None},
}
"""The types of LIE_TYPES that a dialect has."""

TYPES = {
    "Doors": Asked({"door": {"state": "Unlocked"}}, "Doors"),
    "Horn": Asked({"horn": {"state": "Activated"}}, "Horn"),
    "Immobilization": Asked({"immobilization": {"activate": True}}, "Immobilization"),
}


@dataclass(frozen=True)
class Cell:
    """One fault, one crash, one type: keys of FAULTS and TYPES, or of LIES and LIE_TYPES, a name of CRASHES.

    `dialect`: what the vehicle's cloud speaks.
    """

    fault: str
    crash: str
    type: str
    dialect: str = "v3"

    @property
    def is_lie(self) -> bool:
        return self.fault in LIES

    @property
    def asked(self) -> dict[str, Any]:
        """The body, as our API takes it."""
        return LIE_TYPES[self.type] if self.is_lie else TYPES[self.type].body

    @property
    def key(self) -> str:
        """What the vehicle's cloud calls it."""
        (key,) = self.asked
        wire = next(entry for entry in REMOTE_TYPES.values() if entry.v3.key == key)
        return key if self.dialect == "v3" or wire.v1 is None else wire.v1.key


@dataclass(frozen=True)
class Plan:
    """`only_lies`: nothing but the lists that lie. `dialects`: what the clouds speak, by turns in a sample.

    Seconds: time-outs and lease of sending, and the time to live of what is asked for. That is over before anybody
    knows what became of an unknown outcome, but where lists lie: there a machine could send again.

    `apart`: the cells of one harm are over before the next one is done, but where lists lie; else the harms follow each
    other at once.
    """

    seed: int = 1
    every: bool = False
    only_lies: bool = False
    dialects: Sequence[str] = DIALECTS
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
            kinds = [(fault, crash.name) for fault in FAULTS for crash in CRASHES]
            return [Cell(*kind, type, dialect) for dialect in self.dialects for type in TYPES for kind in kinds]
        draw = random.Random(f"cells {self.seed}")
        crashes = _some([crash.name for crash in CRASHES], len(FAULTS), draw)
        types = _some([*TYPES], len(FAULTS), draw)
        dialects = _some(self.dialects, len(FAULTS), draw)
        return [Cell(*cell) for cell in zip(FAULTS, crashes, types, dialects, strict=True)]

    def lies(self) -> list[Cell]:
        """Every list that lies with every type and crash, or a sample with each lie once."""
        if self.every:
            kinds = [(name, crash) for name, lie in LIES.items() for crash in lie.crashes]
            return [
                Cell(*kind, type, dialect)
                for dialect in self.dialects
                for type in LIE_TYPES
                if type in OF_DIALECT[dialect]
                for kind in kinds
            ]
        draw = random.Random(f"lies {self.seed}")
        sent = set().union(*(OF_DIALECT[dialect] for dialect in self.dialects))
        types = _some([type for type in LIE_TYPES if type in sent], len(LIES), draw)
        crashes = _some([NO_CRASH, *KILLED], len(LIES), draw)
        dialects = _some(self.dialects, len(LIES), draw)
        drawn = zip(LIES.items(), crashes, types, dialects, strict=True)
        cells = [Cell(name, crash if crash in lie.crashes else NO_CRASH, *what) for (name, lie), crash, *what in drawn]
        # What v1 does not have is asked of v3.
        return [cell if cell.type in OF_DIALECT[cell.dialect] else replace(cell, dialect="v3") for cell in cells]

    def of(self, dialect: str) -> int:
        """How many cells the simulator, which speaks v3, or the small cloud has without lies."""
        return sum(cell.dialect == dialect for cell in self.cells())

    @property
    def floor(self) -> float:
        """Seconds for which a list may lag, whatever is known of it."""
        return LEAST_LAG.total_seconds() / self.speed


def kinds(cells: Iterable[Cell]) -> int:
    """So many gateways, one for each fault and crash, that none fails so often in a row that it counts as down."""
    return len({(cell.fault, cell.crash) for cell in cells})


def quarter(cells: Sequence[Cell]) -> int:
    """So many gateways that none is of more than four vehicles, fewer than make it count as down."""
    return -(-len(cells) // 4)


def _some(items: Sequence[str], number: int, draw: random.Random) -> list[str]:
    """So many of the items, each as often as another, but for one, in any order."""
    each = [items[place % len(items)] for place in range(number)]
    return draw.sample(each, number)


def small(seed: int = 1, dialects: Sequence[str] = DIALECTS) -> Plan:
    """A sample that is over in half a minute."""
    return Plan(seed, dialects=dialects)


def whole(*, only_lies: bool = False, dialects: Sequence[str] = DIALECTS) -> Plan:
    """All cells, and lists that may lag for longer than a lease, as in life."""
    plan = Plan(every=True, only_lies=only_lies, dialects=dialects, apart=True)
    return replace(plan, speed=30.0, read_timeout=1.5, lease=6.0, time_to_live=12)
