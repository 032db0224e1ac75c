"""Sends through a gateway that works, alone and while another gateway's cloud does harm to whoever sends it something.

python -m tests.faults.neighbours.run '<Plan as JSON>'      prints a Report as JSON; what happens goes to stderr
"""

import json
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from typing import Any

import requests

from benchmarks.asking import ask
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from benchmarks.notifications import vin
from benchmarks.pace import WARM_UP, Job, Pace
from benchmarks.upstream import Manners
from launcher.probes import free_port
from launcher.server import COMMAND_THREADS
from tests.faults.neighbours.bad_cloud import Seen

UNLOCK: dict[str, Any] = {"door": {"state": "Unlocked"}}
BEGIN_SECONDS = 30.0


@dataclass(frozen=True)
class Plan:
    """What the one cloud does; `bad` actions are asked of it, and so many at a rate a second of the other."""

    harm: str
    rate: float = 20.0
    actions: int = 200
    bad: int = 60


@dataclass(frozen=True)
class Report:
    """`bad_most`: requests to the bad cloud at a time. `hung`: none was over when the last good one had arrived."""

    alone: Pace
    beside: Pace
    bad_came: int
    bad_most: int
    hung: bool


def run(plan: Plan) -> Report:
    """Only in the main thread: it obeys signals."""
    with DispatchHouse(threads=COMMAND_THREADS, web_workers=1) as house:
        good, bad = (f"http://127.0.0.1:{free_port(None)}" for _ in range(2))
        manners = json.dumps(asdict(Manners()))
        house.start_program("upstream", ["benchmarks.upstream", good.rpartition(":")[2], manners], _port(good))
        words = ["tests.faults.neighbours.bad_cloud", bad.rpartition(":")[2], plan.harm]
        house.start_program("bad-cloud", words, _port(bad))
        # By turns: those with an even number are at the one that works.
        count = 2 * (max(plan.actions, plan.bad) + WARM_UP) * 2
        vehicles = [(vin(number), str(number)) for number in range(count)]
        world = house.make_world(Wanted(f"{good}/connectedcar/v3", "fleet", vehicles, gateways=2))
        house.ask("UPDATE fleets_gateway SET base_url = %s WHERE name = 'Gateway 1'", f"{bad}/connectedcar/v3")
        at_good = [vin(number) for number in range(0, count, 2)]
        alone = _pace(house, plan, world, at_good, good, 0)
        ask(house.wishes.local_url, world, [(vin(2 * number + 1), UNLOCK) for number in range(plan.bad)])
        house.look_after("the bad cloud", lambda: None if _seen(bad).came else "nothing came", BEGIN_SECONDS)
        beside = _pace(house, plan, world, at_good, good, plan.actions + WARM_UP)
        last = max(receipt["at"] for receipt in requests.get(f"{good}/received", timeout=20).json())
        seen = _seen(bad)
    hung = not seen.first_over_at or last < seen.first_over_at
    return Report(alone, beside, seen.came, seen.most, hung)


def _pace(house: DispatchHouse, plan: Plan, world: World, vins: list[str], cloud: str, first: int) -> Pace:
    places = (house.wishes.local_url, cloud, house.redis_url)
    job = Job(plan.rate, plan.actions, first, vins, asdict(world), *places)
    return Pace(**house.run_with("benchmarks.pace", asdict(job)))


def _seen(cloud: str) -> Seen:
    return Seen(**requests.get(f"{cloud}/seen", timeout=20).json())


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        report = run(Plan(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(report)))
