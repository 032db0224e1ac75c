"""What is asked for, in which order, and how the cloud behaves; a seed decides."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.upstream import Manners

# No payload twice for a vehicle: the same would be refused while it is in progress.
URGENT = [
    *({"door": {"state": state, **forced}} for state in ("Locked", "Unlocked") for forced in ({}, {"forced": True})),
    *({"immobilization": {"activate": activate}} for activate in (True, False)),
]
COMFORT = [
    *({"horn": {"state": "Activated", "number": number}} for number in range(1, 20)),
    *({"lights": {"on": True, "duration": f"PT{number}S"}} for number in range(1, 20)),
]


@dataclass(frozen=True)
class Ask:
    """One action: `number` is its place among those of its vehicle."""

    vehicle: int
    number: int
    body: dict[str, Any]

    @property
    def type(self) -> str:
        return next(iter(self.body))

    @property
    def urgent(self) -> bool:
        return self.body in URGENT


@dataclass(frozen=True)
class Plan:
    """`early` is the share of the actions that are asked for before any worker runs. `gentle`: the cloud errs never."""

    actions: int = 1000
    vehicles: int = 200
    processes: int = 4
    threads: int = 4
    early: float = 0.5
    gentle: bool = False
    speed: float = 100.0
    seed: int = 1

    def asked(self) -> list[Ask]:
        """All actions in the order in which they are asked for; each vehicle has as many, but for chance."""
        draw = random.Random(f"actions {self.seed}")
        left = [_shuffled(URGENT, draw) for _ in range(self.vehicles)]
        more = [_shuffled(COMFORT, draw) for _ in range(self.vehicles)]
        numbers = [0] * self.vehicles
        asked = []
        for _ in range(self.actions):
            vehicle = draw.randrange(self.vehicles)
            bodies = left[vehicle] if left[vehicle] and draw.random() < 0.4 else more[vehicle]
            asked.append(Ask(vehicle, numbers[vehicle], bodies.pop()))
            numbers[vehicle] += 1
        return asked

    def manners(self) -> Manners:
        """Some actions take longer than a comfort action waits, some answers are lost, a few are refused at first."""
        if self.gentle:
            return Manners(seed=self.seed, done=(0.0, 0.01))
        return Manners(
            seed=self.seed,
            answer=(0.0, 0.04),
            done=(0.02, 0.6),
            slow_done=(2.2, 4.0),
            slow=0.05,
            cut=0.02,
            refused=0.004,
        )


def _shuffled(items: Sequence[Any], draw: random.Random) -> list[Any]:
    return draw.sample(items, len(items))


def small(seed: int = 1) -> Plan:
    return Plan(actions=120, vehicles=30, seed=seed)


def whole(seed: int = 1) -> Plan:
    return Plan(seed=seed)
