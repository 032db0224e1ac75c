"""A cell that is tried: its vehicle, its action, and what a cloud tells of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from benchmarks.dispatch_world import Wanted, World
from tests.faults.matrix.api import Api
from tests.faults.matrix.plan import CRASHES, Cell

CRASH = {crash.name: crash for crash in CRASHES}


@dataclass(frozen=True)
class Car:
    """A vehicle at a cloud."""

    id: str
    vin: str


@dataclass
class Trial:
    """A cell, its vehicle and its action. `harmed`: the worker stood at the moment when the harm was done."""

    cell: Cell
    vehicle: Car
    cloud: "Cloud"
    path: str = ""
    harmed: bool = False
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def harm(self) -> str:
        return CRASH[self.cell.crash].harm

    @property
    def action_id(self) -> str:
        return self.path.rpartition("/")[2]


class Cloud(Protocol):
    """Where the vehicles of some trials are."""

    api: Api
    wanted: Wanted

    def begin(self, world: World) -> list[Trial]:
        """The trials of all its cells, in the world that was wanted."""

    def make_ready(self, trials: Sequence[Trial]) -> None:
        """Do what has to be there before its trials, of those that are about to begin."""

    def prepare(self, trial: Trial) -> None:
        """Have the cell's fault happen from now on."""

    def look(self) -> None:
        """Read what the cloud has on record, from which all below is told; and go on with what it does."""

    def is_under_way(self, trial: Trial) -> bool: ...

    def executed(self, trial: Trial) -> int:
        """How often the vehicle has really done it."""

    def came_in(self, trial: Trial) -> list[datetime]: ...
