"""A vehicle's actions go in their order, whichever of four worker processes sends them, as the cloud receives them.

Some runs draw a small seeded form; FLEETREMOTE_TEST_LONG=1 runs 1,000 actions on 200 vehicles. See docs/faults.md.
"""

import json
from dataclasses import asdict, replace

import pytest

from benchmarks.upstream import CUT, REFUSED, TAKEN, Receipt
from tests.faults.alone import run_alone
from tests.faults.ordering.plan import Plan, small, whole
from tests.faults.ordering.rules import Action, broken
from tests.faults.ordering.run import Report
from tests.long_form import LONG

PLANS = [pytest.param(small(), marks=pytest.mark.timeout(150), id="small")]
if LONG:
    PLANS += [pytest.param(whole(seed), marks=pytest.mark.timeout(600), id=f"whole-{seed}") for seed in range(3)]


def run(plan: Plan) -> Report:
    said = run_alone("ordering", asdict(plan))
    return Report(**json.loads(said))


@pytest.mark.drawn("faults", 2)
@pytest.mark.parametrize("plan", PLANS)
def test_every_vehicles_actions_are_received_in_order(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(plan)
    with capsys.disabled():
        print(f"\n{report}")
    assert report.broken == []
    assert (report.actions, report.taken) == (plan.actions, plan.actions)
    assert report.not_waited > 0, "no urgent action went while one before it was not done"
    assert report.at_once > 1, "vehicles waited for each other"


def action(number: int, at: float, type: str = "horn", outcome: str = TAKEN, done: float | None = 0.1) -> Action:
    """Asked for before the workers began, received once and answered a tenth of a second later."""
    receipt = Receipt("1", str(number), at, outcome, at + 0.1, None if done is None else at + done)
    return Action(number, type, type in ("door", "immobilization"), 0.0, [receipt])


PATIENCE = 2.0


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ([action(0, 1), action(1, 2)], []),
        ([action(0, 2), action(1, 1)], ["1 overtook 0"]),
        ([action(0, 1), action(1, 2, "door")], ["1 is urgent and waited for 0"]),
        ([action(0, 2), action(1, 1, "door")], []),
        ([action(0, 2, "door"), action(1, 1, "immobilization")], ["1 overtook 0"]),
        ([action(0, 1, done=9), action(1, 2)], ["1 did not wait until 0 was done"]),
        ([action(0, 1, done=9), action(1, 3.2)], []),
        ([action(0, 1, "door", done=9), action(1, 1.2, "immobilization")], []),
        ([action(0, 1, "door"), action(1, 1.05, "immobilization")], ["1 was sent before 0 was answered"]),
        ([action(0, 1, outcome=CUT, done=9), action(1, 2, "lights")], []),
        ([action(0, 1, outcome=REFUSED)], ["0 was taken 0 times"]),
    ],
)
def test_the_rules_are_seen(actions: list[Action], words: list[str]) -> None:
    assert broken(actions, PATIENCE, began=0.5) == words


def test_an_urgent_one_asked_for_meanwhile_is_passed_by_the_next_request_at_the_most() -> None:
    urgent = replace(action(2, 4, "door"), asked_at=0.9)
    assert broken([action(0, 1), urgent], PATIENCE, began=0.5) == []
    assert broken([action(0, 1), action(1, 3), urgent], PATIENCE, began=0.5) == ["2 is urgent and waited for 1"]
    first = action(0, 1, "immobilization")
    assert broken([first, action(1, 3), urgent], PATIENCE, began=0.5) == ["2 is urgent and waited for 1"]


def test_an_action_that_came_twice_is_seen() -> None:
    twice = action(0, 1)
    twice.receipts[:] = [*twice.receipts, Receipt("1", "0", 2, TAKEN, 2.1, 2.2)]  # type: ignore[index]
    assert broken([twice], PATIENCE, began=0.5) == ["0 was taken 2 times"]
