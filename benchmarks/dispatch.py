"""Sending remote actions: how soon after the API's POST the cloud has them, how many a second, and in which order.

    .venv/bin/python -m benchmarks.dispatch [latency] [throughput] [limits] [neighbours]        all without words

Prints FleetRemote's figures beside those of the least that does the like; fails when an order or a limit is broken.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, replace

import requests

from benchmarks.contenders.kept_queue import TABLE
from benchmarks.dispatch_house import DispatchHouse
from benchmarks.dispatch_world import Wanted, World
from benchmarks.notifications import vin
from benchmarks.pace import WARM_UP, Job, Pace
from benchmarks.report import command, hardware, number, table
from benchmarks.upstream import Manners
from launcher.probes import free_port
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.faults.limits.run import Plan as LimitsPlan
from tests.faults.limits.run import run as run_limits
from tests.faults.neighbours.bad_cloud import HARMS
from tests.faults.neighbours.run import Plan as NeighboursPlan
from tests.faults.neighbours.run import run as run_neighbours
from tests.faults.ordering.plan import whole
from tests.faults.ordering.run import run as run_ordering

RATES = ((20.0, 300), (100.0, 1000))
"""Requests a second, and how many."""
QUEUE, KEPT_QUEUE = "bare-queue", "kept-queue"
CONTENDERS = {"bare queue": QUEUE, "queue that keeps rows": KEPT_QUEUE, "FleetRemote": ""}
ROUNDS = 3


def main() -> int:
    """Return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dispatch", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; all without words")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of the latencies; medians are printed")
    options = parser.parse_args()
    print(command())
    return max(PARTS[part](options) for part in options.parts or PARTS)


def latency(options: argparse.Namespace) -> int:
    """API POST to the cloud's receipt, beside a bare queue and one that commits a row twice, in the same run."""
    most = sum(count + WARM_UP for _, count in RATES) * options.rounds
    with redirect_stdout(sys.stderr), DispatchHouse(speed=1.0) as house:
        told = hardware(house.ask("SHOW server_version")[0][0])
        cloud = _start_cloud(house, Manners())
        world = house.make_world(Wanted(f"{cloud}/connectedcar/v3", "fleet", [(vin(n), str(n)) for n in range(most)]))
        house.start_loop("bare-queue", ["benchmarks.contenders.bare_queue", house.redis_url, QUEUE])
        house.ask(TABLE)
        words = ["benchmarks.contenders.kept_queue", house.database_url, house.redis_url, KEPT_QUEUE]
        house.start_loop("kept-queue", words)
        paces = _paces(house, world, cloud, options.rounds)
    print(f"\n{told}\n")
    print(table(["a second", "", "p50 ms", "p99 ms", "p50 is"], [_row(*item) for item in _medians(paces)]))
    return 0


def _paces(house: DispatchHouse, world: World, cloud: str, rounds: int) -> list[tuple[float, str, Pace]]:
    """Each contender at each rate, by turns."""
    paces = []
    first = 0
    for _ in range(rounds):
        for rate, count in RATES:
            for name, queue in CONTENDERS.items():
                vins = [vin(n) for n in range(first + count + WARM_UP)]
                kept = house.database_url if queue == KEPT_QUEUE else ""
                places = (house.wishes.local_url, cloud, house.redis_url, queue, kept)
                job = Job(rate, count, first, vins, asdict(world), *places)
                try:
                    paces.append((rate, name, Pace(**house.run_with("benchmarks.pace", asdict(job)))))
                except RuntimeError as error:
                    raise RuntimeError(f"{error}\n{house.log('web')}\n{house.log('commands-0')}") from error
                print(paces[-1], file=sys.stderr)
                requests.post(f"{cloud}/forget", timeout=10)
            first += count + WARM_UP
    return paces


def _medians(paces: list[tuple[float, str, Pace]]) -> list[tuple[float, str, Pace, float]]:
    """For each rate and contender the round with the median p50, and how many times the bare queue's that is."""
    found = []
    for rate, _ in RATES:
        bare = 0.0
        for name in CONTENDERS:
            rounds = sorted((pace for at, who, pace in paces if (at, who) == (rate, name)), key=lambda pace: pace.p50)
            median = rounds[len(rounds) // 2]
            bare = bare or median.p50
            found.append((rate, name, median, median.p50 / bare))
    return found


def _row(rate: float, name: str, pace: Pace, times: float) -> list[str]:
    lost = f" ({pace.lost} lost)" if pace.lost else ""
    return [number(rate), name + lost, f"{pace.p50:.1f}", f"{pace.p99:.1f}", f"{times:.1f} ×"]


def throughput(_options: argparse.Namespace) -> int:
    """Actions a second over four worker processes, their order, and a loop of bare posts to the same cloud."""
    with redirect_stdout(sys.stderr):
        harsh = run_ordering(whole())
        gentle = run_ordering(replace(whole(), early=1.0, gentle=True))
        bare = _bare_posts(1000)
    print(f"\n{harsh.actions:,} actions on 200 vehicles over 4 worker processes\n")
    rows = [
        ["order rules broken", number(len(harsh.broken) + len(gentle.broken)), ""],
        ["urgent ones that went before one before them was done", number(harsh.not_waited), ""],
        ["sent, with cut answers, 429 and slow vehicles", number(harsh.taken), f"{harsh.rate:.0f}"],
        ["sent, all waiting when the workers start", number(gentle.taken), f"{gentle.rate:.0f}"],
        ["loop of bare requests.post", "1,000", f"{bare:.0f}"],
    ]
    print(table(["", "number", "a second"], rows))
    for words in harsh.broken + gentle.broken:
        print(words)
    return 1 if harsh.broken or gentle.broken else 0


def _bare_posts(count: int) -> float:
    """How many a second one process posts with nothing else to do."""
    with DispatchHouse(workers_at_once=False) as house:
        cloud = _start_cloud(house, Manners())
        began = time.perf_counter()
        for place in range(count):
            address = f"{cloud}/connectedcar/v3/fleets/f/vehicles/{place}/callbacks/c1/remotes"
            body = {"door": {"state": "Unlocked"}, "label": str(place)}
            requests.post(address, json=body, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=15)
        return count / (time.perf_counter() - began)


def limits(_options: argparse.Namespace) -> int:
    """300 actions at a cloud that takes 2 requests a second."""
    plan = LimitsPlan()
    with redirect_stdout(sys.stderr):
        report = run_limits(plan)
    print(f"\n{plan.actions} actions at a cloud that takes {plan.burst} requests a second\n")
    rows = [
        ["actions sent", number(report.sent)],
        ["sent twice", number(report.sent_twice)],
        ["requests answered 429", number(report.refused)],
        ["urgent ones that a comfort one overtook", number(report.overtaken)],
        ["seconds until the last urgent one", number(report.urgent_seconds)],
        ["seconds until the last", number(report.seconds)],
        ["requests a second, of all kinds", f"{report.taken / report.seconds:.2f}"],
    ]
    print(table(["", "number"], rows))
    return int(report.refused > 1 or report.overtaken > 0 or report.sent < plan.actions or report.sent_twice > 0)


def neighbours(options: argparse.Namespace) -> int:
    """Commands through one gateway, alone and while another gateway's cloud does harm; medians of the rounds."""
    rows = []
    for harm in HARMS:
        reports = []
        for _ in range(options.rounds):
            with redirect_stdout(sys.stderr):
                reports.append(run_neighbours(NeighboursPlan(harm)))
            print(reports[-1], file=sys.stderr)
        found = sorted(reports, key=lambda report: report.beside.p95 / report.alone.p95)[len(reports) // 2]
        alone, beside = found.alone, found.beside
        times = [f"{time:.1f}" for time in (alone.p50, beside.p50, alone.p95, beside.p95)]
        rows.append([harm, *times, f"{beside.p95 / alone.p95:.2f} ×", number(beside.lost), number(found.bad_most)])
    head = ["the other cloud", "p50 alone", "beside", "p95 alone", "beside", "p95 is", "lost", "held by the other"]
    print(f"\nMilliseconds from the API's POST to the cloud's receipt, {NeighboursPlan('').rate:.0f} a second\n")
    print(table(head, rows))
    return 0


def _start_cloud(house: DispatchHouse, manners: Manners) -> str:
    port = free_port(None)
    house.start_program("upstream", ["benchmarks.upstream", str(port), json.dumps(asdict(manners))], port)
    return f"http://127.0.0.1:{port}"


PARTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "latency": latency,
    "throughput": throughput,
    "limits": limits,
    "neighbours": neighbours,
}

if __name__ == "__main__":
    sys.exit(main())
