"""What is asked for, and when what is harmed; a seed decides."""

import random
from dataclasses import dataclass
from typing import Any

TYPES: dict[str, dict[str, Any]] = {
    "Doors": {"door": {"state": "Unlocked"}},
    "Horn": {"horn": {"state": "Activated"}},
    "Immobilization": {"immobilization": {"activate": True}},
    "WakeUp": {"wakeUp": {"action": "WakeUp"}},
    "Charging": {"charging": {"immediate": True}},
    "Preconditioning": {"preconditioning": {"airConditioning": {"immediate": True}}},
}
EARLIER: dict[str, Any] = {"lights": {"on": True}}
"""What each vehicle has done before, so that the cloud's list of it proves something."""

RESTORED, FLUSHED, PROMOTED = "restored", "restored, Redis flushed", "restored to a new timeline, nobody remembers"
KILLED = "killed, nothing lost"
"""How it comes back. Where nobody remembers Redis is flushed and the worker killed too."""


@dataclass(frozen=True)
class Plan:
    """`actions` are asked for before the backup, `late` between backup and loss, `later` after the loss.

    `share`: of the actions, so many have arrived at the cloud when PostgreSQL is killed, `seconds` after the backup at
    the least. `pace`: seconds that each request takes longer before it goes out, and after.
    """

    seed: int = 1
    how: str = RESTORED
    actions: int = 36
    late: int = 4
    later: int = 4
    share: float = 0.75
    seconds: float = 2.0
    pace: float = 0.2
    speed: float = 200.0

    @property
    def vehicles(self) -> int:
        """One for each action."""
        return self.actions + self.late + self.later

    def asked(self) -> list[dict[str, Any]]:
        """What each vehicle is asked for, each type as often as another."""
        bodies = [*TYPES.values()]
        places = [number % len(bodies) for number in range(self.vehicles)]
        random.Random(f"restored {self.seed}").shuffle(places)
        return [bodies[place] for place in places]


def drawn(seed: int, how: str) -> Plan:
    """Another moment of the loss for each seed."""
    draw = random.Random(f"moment {seed}")
    return Plan(seed, how, 72, 8, 8, share=draw.uniform(0.3, 0.8), pace=draw.uniform(0.05, 0.3), speed=100.0)
