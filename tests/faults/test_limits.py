"""A cloud that takes a few requests a second gets all of them and refuses none, the urgent ones first.

Some runs draw a small form; FLEETREMOTE_TEST_LONG=1 runs 300 actions at 2 a second. See docs/faults.md.
"""

import json
from dataclasses import asdict

import pytest

from tests.faults.alone import run_alone
from tests.faults.limits.run import Arrival, Plan, Report, overtaken
from tests.long_form import LONG

PLANS = [pytest.param(Plan(actions=30, burst=5), marks=pytest.mark.timeout(150), id="small")]
if LONG:
    PLANS += [pytest.param(Plan(), marks=pytest.mark.timeout(900), id="whole")]


def run(plan: Plan) -> Report:
    said = run_alone("limits", asdict(plan))
    return Report(**json.loads(said))


@pytest.mark.drawn("faults", 2)
@pytest.mark.parametrize("plan", PLANS)
def test_all_are_sent_none_is_refused_and_urgent_ones_go_first(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(plan)
    with capsys.disabled():
        print(f"\n{report}")
    assert (report.sent, report.sent_twice) == (plan.actions, 0)
    assert report.refused <= 1
    assert report.urgent > 0
    assert report.overtaken == 0


def test_an_urgent_one_that_waited_is_seen() -> None:
    comfort = [Arrival(at=5, asked_at=0, urgent=False), Arrival(at=6, asked_at=0, urgent=False)]
    assert overtaken([*comfort, Arrival(at=7, asked_at=1, urgent=True)], 1) == 1
    assert overtaken([*comfort, Arrival(at=7, asked_at=1, urgent=True)], 2) == 0
    assert overtaken([*comfort, Arrival(at=7, asked_at=5.5, urgent=True)], 1) == 0
    assert overtaken([Arrival(at=4, asked_at=1, urgent=True), *comfort], 1) == 0
