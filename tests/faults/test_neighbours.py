"""A gateway whose cloud drips holds up no command that goes through another. See docs/faults.md.

The other harms, and what they cost in time, are in benchmarks/dispatch.py (neighbours).
"""

import json
from dataclasses import asdict
from typing import Any

import pytest

from launcher.server import COMMAND_THREADS
from tests.faults.alone import run_alone
from tests.faults.neighbours.bad_cloud import HARMS
from tests.faults.neighbours.run import Plan
from tests.long_form import LONG


def run(plan: Plan) -> dict[str, Any]:
    said = run_alone("neighbours", asdict(plan))
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.drawn("faults", 2)
@pytest.mark.timeout(150)
@pytest.mark.parametrize("harm", HARMS if LONG else ["drip"])
def test_what_one_cloud_does_costs_another_gateways_commands_nothing(harm: str) -> None:
    report = run(Plan(harm, rate=20, actions=20, bad=40))
    assert (report["alone"]["lost"], report["beside"]["lost"]) == (0, 0)
    assert 0 < report["bad_most"] <= COMMAND_THREADS / 2
    if harm in ("drip", "hang"):
        assert report["bad_came"] >= COMMAND_THREADS / 2
        assert report["hung"]
