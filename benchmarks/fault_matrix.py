"""Whether a vehicle acts once at most and its truth is shown, whatever fails: the fault matrix (docs/faults.md).

    .venv/bin/python -m benchmarks.fault_matrix [--sample SEED | --lies] [--dialect v3|v1]

Runs every cell, or a sample, or the lists that lie alone, with clouds of both dialects or of one; prints a table for
each type and one of the lists that lie.
Fails when a promise was broken.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from itertools import product

from benchmarks.report import command, number, table
from tests.faults.matrix.lies import KILLED, LIES, NO_CRASH
from tests.faults.matrix.plan import CRASHES, DIALECTS, FAULTS, TYPES, Cell, small, whole
from tests.faults.matrix.report import Outcome
from tests.faults.matrix.run import run


def main() -> int:
    """Return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fault_matrix", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="SEED", help="try only a sample, each fault once")
    parser.add_argument("--lies", action="store_true", help="try only the lists that lie")
    parser.add_argument("--dialect", choices=DIALECTS, help="what the clouds speak (by turns either)")
    options = parser.parse_args()
    dialects = [options.dialect] if options.dialect else DIALECTS
    load = os.getloadavg()[0]
    with redirect_stdout(sys.stderr):
        of_all = whole(only_lies=options.lies, dialects=dialects)
        outcomes = run(of_all if options.sample is None else small(options.sample, dialects))
    print(f"{command()}; load average before {load:.1f}")
    known = {outcome.cell: outcome for outcome in outcomes}
    for dialect, type in () if options.lies else product(dialects, TYPES):
        print(f"\n{type}, {dialect}: how often the vehicle did it, and what was shown in the end\n")
        print(table(["", *(crash.name for crash in CRASHES)], [_row(fault, type, dialect, known) for fault in FAULTS]))
    for dialect in dialects:
        print(f"\nLists that lie, {dialect}: how many types were done how often, and what was shown in the end\n")
        found = [outcome for outcome in outcomes if outcome.cell.dialect == dialect]
        print(table(["", *CRASHES_OF_LIES], [_row_of_lie(name, found) for name in LIES]))
    print()
    lies = [outcome for outcome in outcomes if outcome.cell.is_lie]
    others = [outcome for outcome in outcomes if not outcome.cell.is_lie]
    print(table(["of all cells", "faults", "lists that lie"], summary(others, lies)))
    broken = [outcome for outcome in outcomes if outcome.broken]
    for outcome in broken:
        print(f"Broken: {outcome.cell}: {', '.join(outcome.broken)} ({outcome})")
    return 1 if broken else 0


def _row(fault: str, type: str, dialect: str, known: Mapping[Cell, Outcome]) -> list[str]:
    found = [known.get(Cell(fault, crash.name, type, dialect)) for crash in CRASHES]
    return [fault, *("" if outcome is None else outcome.in_words for outcome in found)]


def _row_of_lie(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    row = [name]
    for crash in CRASHES_OF_LIES:
        found = Counter(one.in_words for one in outcomes if (one.cell.fault, one.cell.crash) == (name, crash))
        row.append(", ".join(f"{count}: {words}" for words, count in sorted(found.items())))
    return row


def summary(*groups: Sequence[Outcome]) -> list[list[str]]:
    """The table's rows, a column for each group."""
    return [[title, *(number(sum(map(count, group))) for group in groups)] for title, count in COUNTED.items()]


CRASHES_OF_LIES = (NO_CRASH, *KILLED)

COUNTED: dict[str, Callable[[Outcome], int]] = {
    "cells": lambda _outcome: 1,
    "executed once": lambda outcome: outcome.executed == 1,
    "executed more than once": lambda outcome: outcome.executed > 1,
    "sent after its time to live": lambda outcome: outcome.late,
    "said not to be carried out, and was": lambda outcome: outcome.denied,
    "ended meanwhile as not known": lambda outcome: outcome.left_open,
    "shown as the vehicle did it": lambda outcome: outcome.is_true,
    "shown as unknown": lambda outcome: outcome.is_unknown,
    "shown otherwise": lambda outcome: not (outcome.is_true or outcome.is_unknown),
    "harms that missed their moment": lambda outcome: not outcome.harmed,
}
"""What of an outcome is counted, and how often."""


if __name__ == "__main__":
    sys.exit(main())
