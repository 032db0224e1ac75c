"""A PostgreSQL that has lost its last seconds sends nothing twice: what may have been sent is looked for first.

Some runs draw a small form; FLEETREMOTE_TEST_LONG=1 draws more moments, with Redis flushed too, and with a new timeline
where nobody remembers anything. See docs/faults.md.
"""

from dataclasses import asdict

import pytest

from tests.faults.alone import run_alone
from tests.faults.restored.plan import FLUSHED, KILLED, PROMOTED, RESTORED, TYPES, Plan, drawn
from tests.faults.restored.report import Outcome, Report, read_report
from tests.long_form import LONG

PLANS = [pytest.param(Plan(), marks=pytest.mark.timeout(150), id="small")]
if LONG:
    ways = [(seed, how) for seed in range(1, 4) for how in (RESTORED, FLUSHED, PROMOTED, KILLED)]
    PLANS += [pytest.param(drawn(*way), marks=pytest.mark.timeout(300), id=f"{way[1]} {way[0]}") for way in ways]


def run(plan: Plan) -> Report:
    said = run_alone("restored", asdict(plan))
    return read_report(said)


@pytest.mark.drawn("faults", 2)
@pytest.mark.parametrize("plan", PLANS)
def test_nothing_is_sent_twice_and_all_is_known_in_the_end(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(plan)
    with capsys.disabled():
        print(f"\n{report.in_words}")
    assert [(one.broken, one) for one in report.outcomes if one.broken] == []
    # It was put to the test: much had been sent of which the database knew nothing, and some was under way.
    assert report.known_again
    if plan == Plan():
        assert {one.type for one in report.known_again} == set(TYPES)
    assert report.under_way > 0
    # Where Redis remembers nothing, the worker notices it, when some of those that are asked for later are there.
    most = {KILLED: 0, FLUSHED: plan.actions + plan.later}.get(plan.how, plan.actions)
    assert min(plan.actions, most) <= report.flagged <= most


@pytest.mark.parametrize(
    ("outcome", "broken"),
    [
        (Outcome("Horn", 1, 1, 1, False, "done", "Success"), []),
        (Outcome("Horn", 1, 0, 0, False, "done", "AlreadyDone"), []),
        (Outcome("Horn", 0, 0, 0, False, "expired", "Failed"), []),
        (Outcome("Horn", 1, 1, 1, True), []),
        (Outcome("Horn", 2, 1, 1, False, "done", "AlreadyDone"), ["sent twice"]),
        (Outcome("Horn", 2, 1, 2, False, "done", "Success"), ["sent twice", "executed twice"]),
        (Outcome("Horn", 1, 1, 1, False, "unknown", ""), ["not known in the end"]),
        (Outcome("Horn", 1, 1, 1, False, "done", "Failed"), ["executed, and shown as failed"]),
        (Outcome("Horn", 0, 0, 0, False, "done", "Success"), ["shown as done, and never sent"]),
    ],
)
def test_what_counts_as_broken(outcome: Outcome, broken: list[str]) -> None:
    assert outcome.broken == broken
