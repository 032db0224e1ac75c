"""Deliveries to subscribers: FleetRemote, django-webhook, one Celery task a delivery, and the HTTP client alone.

    .venv/bin/python -m benchmarks.delivery [--rounds R] [--count N] [--processes 1 2] [--quick] [--alone]

Everything is durable (fsync on) and runs side by side with the same number of worker processes: in every round each
contender has its turn, in an order that rotates, and the medians are printed. A turn is the time from the first wake to
the last commit. Then: how long an event takes, what a slow subscriber does to the others, and how batches come.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import report
from benchmarks.batching import batching
from benchmarks.deliverers import Deliverer, DjangoWebhook, Ours, PlainTask, RawClient, TunedTask
from benchmarks.house import House
from benchmarks.isolation import isolation
from benchmarks.latency import latency
from benchmarks.stage import CALLBACKS, Stage

DELAYS = (0, 50)

SLOW_SHARE = 1 / 4
"""Of the work for the usual ways when each answer takes a while."""


@dataclass(frozen=True)
class Options:
    rounds: int
    count: int
    processes: Sequence[int]
    quick: bool
    alone: bool


def rates(stage: Stage, ours: Ours, options: Options) -> None:
    """Print how fast each delivers with these processes, to who answers at once and to who takes a while."""
    usual = [] if options.alone else [DjangoWebhook(stage), PlainTask(stage), TunedTask(stage)]
    contenders = [ours, *usual, RawClient(stage)]
    stage.house.wait_for(*(worker for contender in contenders for worker in contender.workers))
    for delay in DELAYS:
        found: list[list[float]] = [[] for _ in contenders]
        for contender in contenders:
            _rate(contender, options.count // 10, delay)
        for number in range(options.rounds):
            for place in range(len(contenders)):
                at = (place + number) % len(contenders)
                found[at].append(_rate(contenders[at], options.count, delay))
        print(_table(stage.processes, delay, contenders, [statistics.median(rates) for rates in found]))


def _rate(contender: Deliverer, count: int, delay: int) -> float:
    """Deliveries a second."""
    if contender.share < 1:
        share = contender.share * (SLOW_SHARE * contender.stage.processes if delay else 1)
        count = max(round(count * share), CALLBACKS)
    return count / contender.turn(count, delay)


def _table(processes: int, delay: int, contenders: Sequence[Deliverer], rates: Sequence[float]) -> str:
    answers = f"answers in {delay} ms" if delay else "answers at once"
    head = [f"{processes} process{'es' * (processes > 1)}, {answers}", "deliveries/s", "FleetRemote is"]
    rows = [
        [contender.name, report.number(rate), f"{rates[0] / rate:.2f} ×" if contender is not contenders[0] else ""]
        for contender, rate in zip(contenders, rates, strict=True)
    ]
    return report.table(head, rows) + "\n"


def _options() -> Options:
    parser = argparse.ArgumentParser(description="Measures how fast notifications are delivered.")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender")
    parser.add_argument("--count", type=int, default=6000, help="deliveries of a turn; the usual ways have fewer")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="worker processes of each contender")
    parser.add_argument("--quick", action="store_true", help="one round of little, to see that it runs")
    parser.add_argument("--alone", action="store_true", help="without the usual ways")
    given = parser.parse_args()
    if given.quick:
        return Options(1, min(given.count, 400), given.processes[:1], quick=True, alone=given.alone)
    return Options(**vars(given))


def main() -> None:
    options = _options()
    for number, processes in enumerate(options.processes):
        with House() as house, Stage(house, processes) as stage:
            if number == 0:
                print(f"\n{report.hardware(house.value('SHOW server_version'))}")
                print(
                    f"{report.command()}: {options.rounds} turns, {options.count} deliveries to {CALLBACKS} callbacks\n"
                )
            ours = Ours(stage)
            rates(stage, ours, options)
            if number == 0:
                print(latency(stage, seconds=1 if options.quick else 10))
                print(isolation(ours, options.count, options.rounds, slow=3 if options.quick else 10))
                print(batching(stage))


if __name__ == "__main__":
    main()
