"""Every notification that was committed arrives, in order, though workers, Redis and PostgreSQL are killed meanwhile.

Some runs draw a small form; FLEETREMOTE_TEST_LONG=1 runs 20,000 notifications to 20 callbacks. See docs/faults.md.
"""

import json
from collections import Counter

import pytest

from tests.faults.alone import run_alone
from tests.faults.crash.plan import Event, Plan, long, small
from tests.faults.crash.report import Report, formed_twice, out_of_order
from tests.faults.crash.subscribers import Request
from tests.long_form import LONG

PLANS = [pytest.param(small(), id="small")]
if LONG:
    PLANS.append(pytest.param(long(), marks=pytest.mark.timeout(1800), id="long"))


def crash(plan: Plan) -> Report:
    said = run_alone("crash", plan.as_json())
    return Report(**json.loads(said))


@pytest.mark.drawn("faults", 2)
@pytest.mark.parametrize("plan", PLANS)
def test_every_promised_notification_arrives_in_order(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    report = crash(plan)
    with capsys.disabled():
        print(f"\n{report.in_words}")
    assert report.broken == [], report
    assert report.promised == plan.notifications
    assert report.harms == Counter(harm for _, harm in plan.harms())
    assert report.requests > report.batches, "nothing was tried again"


def arrived(*numbers: int, webhook_id: str = "msg_1") -> Request:
    return Request(callback=0, webhook_id=webhook_id, digest="", numbers=numbers, accepted=True)


def test_only_a_vehicles_first_arrivals_are_held_to_its_order() -> None:
    events = [Event(0, 0, 7), Event(1, 0, 8), Event(2, 0, 7), Event(3, 0, 8)]
    assert out_of_order(events, [arrived(1), arrived(0, 2), arrived(3), arrived(0, 2), arrived(1)]) == 0
    assert out_of_order(events, [arrived(2), arrived(1), arrived(0), arrived(3)]) == 1
    assert out_of_order(events, [arrived(2, 0), arrived(3, 1)]) == 2


def test_an_event_that_comes_under_two_ids_is_seen() -> None:
    assert formed_twice([arrived(1, 2), arrived(1, 2)]) == 0
    assert formed_twice([arrived(1, 2), arrived(2, webhook_id="msg_2")]) == 1
