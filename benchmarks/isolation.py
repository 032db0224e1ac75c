"""What a slow subscriber does to the others."""

import statistics

from benchmarks import report
from benchmarks.deliverers import Ours
from benchmarks.stage import CALLBACKS

UNDER_WAY = 20
"""So many requests to the slow one must be under way before the others are measured."""


def isolation(ours: Ours, count: int, rounds: int, slow: int) -> str:
    """Deliver to all callbacks but one, alone and while that one has its worker wait; gives a table of medians.

    `slow`: seconds until that one answers.
    """
    others = ours.stage.callbacks(0, CALLBACKS - 1)
    ours.deliver(others, count // 10, 0)
    alone, beside = [], []
    for _ in range(rounds):
        ours.stage.sink("clear")
        alone.append(count / ours.deliver(others, count, 0))
        beside.append(_beside_a_slow_one(ours, others, count, slow * 1000))
    without, with_it = statistics.median(alone), statistics.median(beside)
    rows = [
        ["no other", report.number(without), ""],
        [f"one that answers in {slow} s", report.number(with_it), f"{with_it / without - 1:+.0%}"],
    ]
    return report.table([f"beside {CALLBACKS - 1} fast subscribers", "deliveries/s", "change"], rows) + "\n"


def _beside_a_slow_one(ours: Ours, others: list[int], count: int, delay: int) -> float:
    stage = ours.stage
    slow = stage.callbacks(delay, 1)
    stage.sink("clear")
    stage.fill(slow, count // len(others))
    stage.call("wake", slow)
    stage.sink("wait", delay, min(UNDER_WAY, count // len(others) // 4))
    rate = count / ours.deliver(others, count, 0)
    stage.call("drop", slow)
    # Whoever waits is answered.
    stage.sink("clear")
    ours.rest(slow)
    return rate
