"""Asks for many actions over the API and sees in which order the cloud receives them.

python -m tests.faults.ordering.run '<Plan as JSON>'      prints a Report as JSON; what happens goes to stderr
"""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass

import requests

from benchmarks.asking import ask as ask_all
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from benchmarks.notifications import vin
from benchmarks.upstream import REFUSED, Receipt
from launcher.probes import free_port
from tests.faults.ordering.plan import Ask, Plan
from tests.faults.ordering.rules import Action, broken, did_not_wait

LONGEST = 240.0
"""Seconds until all must have come in."""
LOOK_AGAIN = 0.5
"""Seconds."""


@dataclass(frozen=True)
class Report:
    """`broken`: in words what was wrong, by vehicle. `rate`: sent a second, from the first receipt to the last.

    `at_once`: most requests of different vehicles that were open at one time. `not_waited`: urgent actions that went
    while one before them was not done.
    """

    actions: int
    taken: int
    broken: list[str]
    refused: int
    not_waited: int
    at_once: int
    rate: float
    asked_a_second: float


class Ordering:
    """One run over a house and a cloud that are up, workers excepted."""

    def __init__(self, plan: Plan, house: DispatchHouse, cloud: str) -> None:
        self._plan, self._house, self._cloud = plan, house, cloud
        self._began = self._looked = 0.0
        self._asked: list[tuple[Ask, str, float]] = []

    def run(self) -> Report:
        plan = self._plan
        vehicles = [(vin(number), str(number)) for number in range(plan.vehicles)]
        world = self._house.make_world(Wanted(f"{self._cloud}/connectedcar/v3", "fleet", vehicles))
        asked = plan.asked()
        early = round(len(asked) * plan.early)
        started = time.monotonic()
        self._ask(world, asked[:early])
        asked_a_second = early / (time.monotonic() - started)
        self._began = time.time()
        self._house.start_workers()
        self._ask(world, asked[early:])
        self._house.look_after("All to be sent", self._what_is_missing, LONGEST)
        return self._report(asked_a_second)

    def _ask(self, world: World, asked: Sequence[Ask]) -> None:
        requests = [(vin(ask.vehicle), ask.body) for ask in asked]
        for answer in ask_all(self._house.wishes.local_url, world, requests):
            self._asked.append((asked[answer.place], answer.label, answer.at))

    def _receipts(self) -> list[Receipt]:
        return [Receipt(**receipt) for receipt in requests.get(f"{self._cloud}/received", timeout=20).json()]

    def _what_is_missing(self) -> str | None:
        if time.monotonic() < self._looked + LOOK_AGAIN:
            return "looked a moment ago"
        self._looked = time.monotonic()
        receipts = self._receipts()
        taken = {receipt.label for receipt in receipts if receipt.outcome != REFUSED}
        under_way = sum(receipt.outcome != REFUSED and receipt.done_at is None for receipt in receipts)
        missing = len(self._asked) - len(taken)
        return f"{missing} are not sent and {under_way} not done" if missing or under_way else None

    def _report(self, asked_a_second: float) -> Report:
        receipts = self._receipts()
        by_label: dict[str, list[Receipt]] = {}
        for receipt in receipts:
            by_label.setdefault(receipt.label, []).append(receipt)
        vehicles: dict[int, list[Action]] = {}
        for ask, label, at in self._asked:
            action = Action(ask.number, ask.type, ask.urgent, at, by_label.get(label, []))
            vehicles.setdefault(ask.vehicle, []).append(action)
        patience = 180 / self._plan.speed
        return Report(
            actions=len(self._asked),
            taken=sum(receipt.outcome != REFUSED for receipt in receipts),
            broken=[
                f"vehicle {vehicle}: {words}"
                for vehicle, actions in sorted(vehicles.items())
                for words in broken(actions, patience, self._began)
            ],
            refused=sum(receipt.outcome == REFUSED for receipt in receipts),
            not_waited=sum(map(did_not_wait, vehicles.values())),
            at_once=most_at_once(receipts),
            rate=len(receipts) / max(receipts[-1].at - receipts[0].at, 1e-9),
            asked_a_second=asked_a_second,
        )


def most_at_once(receipts: Sequence[Receipt]) -> int:
    """How many requests were open at one time at the most."""
    steps = sorted([(r.at, 1) for r in receipts] + [(r.answered_at, -1) for r in receipts])
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def run(plan: Plan) -> Report:
    """Only in the main thread: it obeys signals."""
    house = DispatchHouse(
        processes=plan.processes, threads=plan.threads, web_workers=1, speed=plan.speed, workers_at_once=False
    )
    with house:
        port = free_port(None)
        house.start_program("upstream", ["benchmarks.upstream", str(port), json.dumps(asdict(plan.manners()))], port)
        return Ordering(plan, house, f"http://127.0.0.1:{port}").run()


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(Plan(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(report)))
