"""Whether a vehicle acts once at most and its truth is shown, whatever fails: the fault matrix (docs/faults.md).

    .venv/bin/python -m benchmarks.fault_matrix [--sample SEED]

Runs every cell, or a sample; prints a table for each type and fails when a promise was broken.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout

from benchmarks.report import command, number, table
from tests.faults.matrix.plan import CRASHES, FAULTS, TYPES, Cell, small, whole
from tests.faults.matrix.report import Outcome
from tests.faults.matrix.run import run


def main() -> int:
    """Return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fault_matrix", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="SEED", help="try only a sample, each fault once")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with redirect_stdout(sys.stderr):
        outcomes = run(whole() if options.sample is None else small(options.sample))
    print(f"{command()}; load average before {load:.1f}")
    known = {outcome.cell: outcome for outcome in outcomes}
    for type in TYPES:
        print(f"\n{type}: how often the vehicle did it, and what was shown in the end\n")
        print(table(["", *(crash.name for crash in CRASHES)], [_row(fault, type, known) for fault in FAULTS]))
    print()
    print(table(["of all cells", "number"], summary(outcomes)))
    broken = [outcome for outcome in outcomes if outcome.broken]
    for outcome in broken:
        print(f"Broken: {outcome.cell}: {', '.join(outcome.broken)} ({outcome})")
    return 1 if broken else 0


def _row(fault: str, type: str, known: Mapping[Cell, Outcome]) -> list[str]:
    found = [known.get(Cell(fault, crash.name, type)) for crash in CRASHES]
    return [fault, *("" if outcome is None else outcome.in_words for outcome in found)]


def summary(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """The table's rows."""
    return [
        ["cells", number(len(outcomes))],
        ["executed once", number(sum(outcome.executed == 1 for outcome in outcomes))],
        ["executed more than once", number(sum(outcome.executed > 1 for outcome in outcomes))],
        ["sent after its time to live", number(sum(outcome.late for outcome in outcomes))],
        ["shown as the vehicle did it", number(sum(outcome.is_true for outcome in outcomes))],
        ["shown as unknown", number(sum(outcome.is_unknown for outcome in outcomes))],
        ["shown otherwise", number(sum(not (outcome.is_true or outcome.is_unknown) for outcome in outcomes))],
        ["harms that missed their moment", number(sum(not outcome.harmed for outcome in outcomes))],
    ]


if __name__ == "__main__":
    sys.exit(main())
