"""Asks for more than the simulator takes in a second, and sees what it received, and when.

python -m tests.faults.limits.run '<Plan as JSON>'      prints a Report as JSON; what happens goes to stderr
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from benchmarks.asking import Asked, ask
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted
from simulator.world import generated_fleet

URGENT: list[dict[str, Any]] = [{"door": {"state": "Unlocked"}}, {"immobilization": {"activate": True}}]
COMFORT: list[dict[str, Any]] = [
    {"horn": {"state": "Activated"}},
    {"lights": {"on": True}},
    {"state": {"action": "state"}},
]

LOOK_AGAIN = 0.5
"""Seconds."""


@dataclass(frozen=True)
class Plan:
    """So many actions, each on a vehicle of its own, at so many requests a second."""

    actions: int = 300
    burst: int = 2
    processes: int = 2
    speed: float = 100.0
    seed: int = 1

    def asked(self) -> list[dict[str, Any]]:
        draw = random.Random(f"limits {self.seed}")
        return [draw.choice(URGENT if draw.random() < 0.3 else COMFORT) for _ in range(self.actions)]


@dataclass(frozen=True)
class Report:
    """`taken` and `refused` (429): requests of all kinds since the cloud's start. `sent`: actions that were taken.

    `overtaken`: urgent actions that waited while more comfort ones came in than the cloud takes in a second, which may
    have been let through before it was asked for. `seconds`: from the first to the last action's arrival;
    `urgent_seconds`: to that of the last urgent one.
    """

    actions: int
    sent: int
    sent_twice: int
    taken: int
    refused: int
    overtaken: int
    urgent: int
    seconds: float
    urgent_seconds: float


@dataclass(frozen=True)
class Arrival:
    """An action at the cloud."""

    at: float
    asked_at: float
    urgent: bool


def run(plan: Plan) -> Report:
    """Only in the main thread: it obeys signals."""
    words = ["--vehicles", str(plan.actions), "--burst-limit", str(plan.burst)]
    with DispatchHouse(processes=plan.processes, web_workers=1, speed=plan.speed, simulator=words) as house:
        fleet = generated_fleet(plan.actions)
        vehicles = [(vehicle.vin, vehicle.id) for vehicle in fleet.vehicles]
        world = house.make_world(Wanted(f"{house.simulator_url}/connectedcar/v3", fleet.id, vehicles))
        bodies = plan.asked()
        requests = [(vehicle.vin, body) for vehicle, body in zip(fleet.vehicles, bodies, strict=True)]
        asked = ask(house.wishes.local_url, world, requests)
        looked = 0.0

        def what_is_missing() -> str | None:
            nonlocal looked
            if time.monotonic() < looked + LOOK_AGAIN:
                return "looked a moment ago"
            looked = time.monotonic()
            missing = plan.actions - len(_sent(house))
            return f"{missing} are not sent" if missing else None

        house.look_after("All to be sent", what_is_missing, 30 + 3 * plan.actions / plan.burst)
        return _report(plan, asked, _sent(house), house.ask_simulator("GET", "/simulator/limits"))


def _sent(house: DispatchHouse) -> list[dict[str, Any]]:
    """What the cloud has taken, oldest first."""
    return [send for send in house.ask_simulator("GET", "/simulator/sends")["sends"] if send["status"] == 202]


def _report(plan: Plan, asked: Sequence[Asked], sent: Sequence[dict[str, Any]], limits: dict[str, int]) -> Report:
    bodies = plan.asked()
    known = {one.label: one for one in asked}
    labels = [json.loads(send["body"])["label"] for send in sent]
    arrivals = [
        Arrival(datetime.fromisoformat(send["at"]).timestamp(), known[label].at, bodies[known[label].place] in URGENT)
        for send, label in zip(sent, labels, strict=True)
    ]
    first = arrivals[0].at
    return Report(
        actions=len(asked),
        sent=len(set(labels)),
        sent_twice=sum(count > 1 for count in Counter(labels).values()),
        taken=limits["taken"],
        refused=limits["refused"],
        overtaken=overtaken(arrivals, plan.burst),
        urgent=sum(arrival.urgent for arrival in arrivals),
        seconds=arrivals[-1].at - first,
        urgent_seconds=max((arrival.at for arrival in arrivals if arrival.urgent), default=first) - first,
    )


def overtaken(arrivals: Sequence[Arrival], let_through: int) -> int:
    """Urgent ones that waited while more comfort ones went than so many, which were let through already."""
    comfort = [arrival.at for arrival in arrivals if not arrival.urgent]
    return sum(
        sum(arrival.asked_at < at < arrival.at for at in comfort) > let_through
        for arrival in arrivals
        if arrival.urgent
    )


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(Plan(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(report)))
