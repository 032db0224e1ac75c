"""What one crash test does, all of it decided by a seed: who gets which event, and which harm is done when."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

POINTS = ("before the POST", "after the 2xx", "before the commit", "while forming")
"""The exact moments at which victim.py kills its worker; the last two are after a transaction's last statement."""

WORKER, SWEEPER, CLOCK = "a delivery worker", "the sweeper", "the clock"
FLUSH, REDIS, POSTGRES = "Redis flushed", "Redis", "PostgreSQL"

FLAPPING = 1
"""The callback whose subscriber flaps."""


@dataclass(frozen=True)
class Event:
    """One notification to be: its number says when it is put in, and stands in it."""

    number: int
    callback: int
    vehicle: int


@dataclass(frozen=True)
class Plan:
    """`callbacks` have `vehicles` each. Kills of delivery workers: `kills` at each of POINTS, `blind` at any moment.

    `rate` is events a second. Seconds: `lease` (None: as it is) and `timeout` of a delivery, `window` of batches, and
    `down` the least and the most for which the flapping subscriber is down.
    """

    notifications: int = 600
    seed: int = 1
    callbacks: int = 6
    vehicles: int = 5
    rate: float = 150.0
    kills: int = 1
    blind: int = 0
    stores: int = 1
    """Kills of Redis and of PostgreSQL, and flushes of Redis: so many each."""
    timers: int = 0
    """Kills each of the sweeper and of Celery's clock."""
    over_http: bool = False
    """Whether the events of one vehicle a callback come from upstream over HTTP; else our own code puts in all."""
    lease: float | None = 2.5
    timeout: float = 1.0
    window: int = 1
    down: tuple[float, float] = (0.5, 1.5)
    patience: float = 60.0
    """Seconds without news after which it has hung."""

    def events(self) -> list[Event]:
        """All events in the order of their numbers; those of one vehicle are put in in this order."""
        draw = random.Random(f"events {self.seed}")
        return [
            Event(number, number % self.callbacks, draw.randrange(self.vehicles))
            for number in range(self.notifications)
        ]

    def is_over_http(self, event: Event) -> bool:
        return self.over_http and event.vehicle == 0

    @property
    def reserve(self) -> int:
        """Events from this number on are put in when all harm is done or ordered, so that each order is met."""
        return self.notifications * 9 // 10

    def harms(self) -> list[tuple[int, str]]:
        """What is done when so many events have arrived, in that order, all before the last quarter."""
        draw = random.Random(f"harms {self.seed}")
        harms = [*POINTS] * self.kills + [WORKER] * self.blind
        harms += [FLUSH, REDIS, POSTGRES] * self.stores + [SWEEPER, CLOCK] * self.timers
        draw.shuffle(harms)
        return sorted((draw.randrange(self.notifications * 3 // 4), harm) for harm in harms)

    def subscribe(self, callback: int, target: str) -> dict[str, Any]:
        """What the callback is registered with: a third in batches, and with policies that park nothing for good."""
        bounded = {"policy": "Bounded", "retryNumber": 10_000, "retryDelay": 1}
        always = {"policy": "Always", "retryDelay": 1}
        registered: dict[str, Any] = {
            "callback": {"webhook": {"target": target, "name": f"Subscriber {callback}"}},
            "retryPolicy": always if callback % 2 else bounded,
        }
        if callback % 3 == 0:
            registered["batchNotify"] = {"size": 8}
        return registered

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def small(seed: int = 1) -> Plan:
    """Runs in a few seconds; leases are shorter than in life."""
    return Plan(seed=seed)


def long(seed: int = 1, notifications: int = 20_000) -> Plan:
    """Runs for minutes with leases and time-outs as they are in life."""
    return Plan(
        notifications=notifications,
        seed=seed,
        callbacks=20,
        vehicles=10,
        rate=150.0,
        kills=5,
        blind=5,
        stores=3,
        timers=2,
        over_http=True,
        lease=None,
        timeout=15.0,
        window=5,
        down=(1.0, 12.0),
        patience=300.0,
    )


def chunks(events: Sequence[Event], most: int, draw: random.Random) -> list[Sequence[Event]]:
    """The events cut into pieces of 1 to `most`."""
    pieces, start = [], 0
    while start < len(events):
        end = start + draw.randint(1, most)
        pieces.append(events[start:end])
        start = end
    return pieces
