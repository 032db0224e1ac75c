"""A gateway's budgets: never above the burst in any second, whoever asks; learnt, kept, and not lost with Redis."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest

from fleets import budgets
from fleets.budgets import Asker, Kind, Limits
from fleets.storage.redis import client
from gateways.rate_headers import Told, read
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
_gateways = count(900_000)


@pytest.fixture
def gateway() -> Iterator[int]:
    """The id of a gateway that nobody else asks for."""
    yield next(_gateways)
    client().flushall()


def asker(gateway: int, kind: Kind = Kind.COMFORT, fleet: int = 1, **known: int) -> Asker:
    return Asker(gateway, fleet, kind, Limits(**known))


def take(gateway: int, kind: Kind = Kind.COMFORT, fleet: int = 1, **known: int) -> str:
    """The cause to wait, or "go"."""
    wait = budgets.take(asker(gateway, kind, fleet, **known))
    return "go" if wait is None else wait.cause


def send(gateway: int, told: Told, kind: Kind = Kind.COMFORT) -> str:
    """Take a slot, and have the cloud answer at once."""
    verdict = take(gateway, kind)
    if verdict == "go":
        budgets.sent(gateway)
        budgets.answered(gateway, 0.01, told, is_answer=True)
    return verdict


def most_in_a_second(times: list[float]) -> int:
    ordered = sorted(times)
    return max(sum(1 for other in ordered if at <= other < at + 1) for at in ordered)


@pytest.mark.drawn("bursts by the clock", 1, of="tests")
def test_four_processes_never_send_more_than_the_burst_in_any_second_even_when_redis_is_emptied(gateway: int) -> None:
    words = [sys.executable, "-m", "tests.fleets.asking", str(gateway), "5", "6"]
    askers = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    slots = f"budget:{gateway}:slots"
    wait_until(lambda: client().zcard(slots) == 5, "the burst to be used", 60)
    client().flushall()
    wait_until(lambda: client().zcard(slots) == 5, "the burst to be used again", 60)
    times = [float(line) for process in askers for line in process.communicate(timeout=60)[0].splitlines()]
    assert [process.returncode for process in askers] == [0] * 4
    assert most_in_a_second(times) == 5
    # A little less than five a second, since a slot is used for a second and the time on the way; one pause for Redis.
    assert len(times) > 15


def request(gateway: int, arrives_after: float, answered_after: float, burst: int) -> float:
    """Send as soon as a slot is free; gives when the request reached the cloud. Times in seconds, from its sending."""
    while take(gateway, burst=burst, day=0) != "go":
        budgets.end_line(gateway)
        time.sleep(0.002)
    began = time.monotonic()
    budgets.sent(gateway)
    time.sleep(arrives_after)
    reached = time.monotonic()
    time.sleep(max(answered_after - arrives_after, 0))
    budgets.answered(gateway, time.monotonic() - began, Told(burst=burst, day=0), is_answer=True)
    return reached


# When a request reaches the cloud, and when its answer is there.
QUICK, LATE, SLOW, SLOW_AND_LATE = (0.0, 0.0), (0.4, 0.45), (0.0, 2.5), (0.4, 2.5)


@pytest.mark.parametrize("before", [LATE, SLOW_AND_LATE], ids=["answered at once", "answered after long"])
def test_a_second_begins_when_a_request_has_reached_the_cloud(gateway: int, before: tuple[float, float]) -> None:
    """The one that follows is as quick as can be."""
    budgets.answered(gateway, 2.0, Told(burst=1, day=0), is_answer=True)
    with ThreadPoolExecutor() as workers:
        first = workers.submit(request, gateway, *before, 1)
        wait_until(lambda: client().zcard(f"budget:{gateway}:slots") == 1, "the first to be sent")
        second = workers.submit(request, gateway, *QUICK, 1)
        assert second.result() - first.result() >= 1


@pytest.mark.drawn("bursts by the clock", 1, of="tests")
def test_quick_and_slow_answers_mixed_are_not_above_the_burst_in_any_second(gateway: int) -> None:
    budgets.answered(gateway, 2.0, Told(burst=3, day=0), is_answer=True)
    kinds = cycle([LATE, QUICK, SLOW_AND_LATE, QUICK, QUICK, SLOW, QUICK])
    with ThreadPoolExecutor(8) as workers:
        sent = [workers.submit(request, gateway, *next(kinds), 3) for _ in range(18)]
        times = [one.result() for one in sent]
    assert most_in_a_second(times) == 3


@pytest.mark.drawn("bursts by the clock", 1, of="tests")
def test_an_answer_that_comes_late_takes_no_slot_anew(gateway: int) -> None:
    """Half a second of waiting for it counts, and not more: the slot is long free by then."""
    budgets.answered(gateway, 2.0, Told(burst=1, day=0), is_answer=True)
    request(gateway, *SLOW, 1)
    assert take(gateway) == "go"


def test_one_request_at_a_time_finds_out_the_limits(gateway: int) -> None:
    assert take(gateway) == "go"
    with ThreadPoolExecutor() as others:
        assert set(others.map(take, [gateway] * 5)) == {"line"}
    assert budgets.answered(gateway, 0.01, Told(burst=3, day=0), is_answer=True) == Limits(3, 0)


def test_a_slot_that_was_taken_and_not_used_is_taken_back(gateway: int) -> None:
    assert [take(gateway), take(gateway)] == ["go", "go"]


def test_a_request_without_an_answer_leaves_the_next_one_to_find_out(gateway: int) -> None:
    assert take(gateway) == "go"
    assert budgets.answered(gateway, 5.0, Told(), is_answer=False) == Limits(None, None)
    assert take(gateway) == "go"


def test_a_cloud_that_tells_no_limits_has_none(gateway: int) -> None:
    assert {send(gateway, Told()) for _ in range(50)} == {"go"}


def test_limits_that_are_not_told_any_more_are_forgotten_in_the_end(gateway: int) -> None:
    assert send(gateway, Told(burst=1, day=0)) == "go"
    assert take(gateway) == "line"
    for _ in range(20):
        limits = budgets.answered(gateway, 0.01, Told(), is_answer=True)
    assert limits == Limits(0, 0)
    assert take(gateway) == "go"


def test_a_slot_is_free_again_a_second_after_the_request(gateway: int) -> None:
    assert send(gateway, Told(burst=1, day=0)) == "go"
    wait = budgets.take(asker(gateway))
    assert wait is not None
    assert 0.5 < wait.seconds <= 1.1

    def goes() -> bool:
        budgets.end_line(gateway)
        return send(gateway, Told(burst=1, day=0)) == "go"

    wait_until(goes, "a free slot", 3)


def test_who_comes_while_others_wait_does_not_overtake_them(gateway: int) -> None:
    assert send(gateway, Told(burst=5, day=0)) == "go"
    budgets.keep_line(gateway, urgent=1, total=40)
    wait = budgets.take(asker(gateway))
    assert wait is not None
    assert (wait.cause, wait.urgent, wait.total, wait.limits) == ("line", 1, 40, Limits(5, 0))
    assert budgets.with_line([gateway, 1]) == {gateway}


def test_a_granted_slot_is_for_the_fleet_and_kind_that_it_was_granted_to(gateway: int) -> None:
    send(gateway, Told(burst=5, day=0))
    budgets.keep_line(gateway, urgent=1, total=2)
    assert budgets.grant(asker(gateway, Kind.URGENT, fleet=7)) is None
    assert take(gateway, Kind.URGENT, fleet=8) == "line"
    assert take(gateway, Kind.COMFORT, fleet=7) == "line"
    assert take(gateway, Kind.URGENT, fleet=7) == "go"
    assert take(gateway, Kind.URGENT, fleet=7) == "line"
    assert list(budgets.served(gateway)) == [7]


def test_a_pause_that_the_cloud_asks_for_is_kept_by_all(gateway: int) -> None:
    assert send(gateway, Told(burst=5, day=0, pause=30)) == "go"
    assert {take(gateway, kind) for kind in Kind} == {"pause"}


def test_comfort_actions_leave_a_tenth_of_the_day_to_urgent_ones(gateway: int) -> None:
    assert send(gateway, Told(burst=0, day=1000, left=101)) == "go"
    assert send(gateway, Told(burst=0, day=1000, left=100)) == "go"
    assert send(gateway, Told()) == "day"
    assert send(gateway, Told(burst=0, day=1000, left=1), Kind.URGENT) == "go"
    assert take(gateway, Kind.URGENT) == "go"
    assert take(gateway, Kind.URGENT) == "day"


def test_the_last_quarter_of_the_day_is_spread(gateway: int) -> None:
    assert send(gateway, Told(burst=0, day=1000, left=251)) == "go"
    assert send(gateway, Told(burst=0, day=1000, left=240)) == "go"
    assert send(gateway, Told(burst=0, day=1000, left=239)) == "go"
    wait = budgets.take(asker(gateway))
    assert wait is not None
    assert (wait.cause, wait.left) == ("spread", 239)
    assert 80 < wait.seconds <= 86.4
    assert take(gateway, Kind.URGENT) == "go"


def test_other_requests_leave_the_last_slot_to_sending(gateway: int) -> None:
    budgets.answered(gateway, 2.0, Told(burst=2, day=0), is_answer=True)
    other = asker(gateway, Kind.OTHER)
    assert budgets.take_spare(other) is None
    # The second waits until the first has left its slot.
    assert take(gateway) == "go"


def test_regular_reading_leaves_half_of_each_second_and_goes_when_no_action_waits(gateway: int) -> None:
    assert send(gateway, Told(burst=4, day=0)) == "go"
    reading = asker(gateway, Kind.READING)
    # The slot of the sending is one of the four; a third one is not for reading.
    assert [budgets._run("spare", reading, slot)[0] for slot in ("one", "two")] == ["go", "line"]  # type: ignore[index]
    for verdict in ("go", "go", "line"):
        assert take(gateway) == verdict
        budgets.sent(gateway)
    began = time.monotonic()
    wait = budgets.take_spare(reading)
    assert wait is not None
    assert (wait.cause, time.monotonic() - began < budgets.LOOK) == ("line", True)


def test_regular_reading_waits_for_actions_where_there_is_no_limit_too(gateway: int) -> None:
    assert send(gateway, Told(burst=0, day=0)) == "go"
    budgets.keep_line(gateway, urgent=0, total=1)
    wait = budgets.take_spare(asker(gateway, Kind.READING))
    assert wait is not None
    assert wait.cause == "line"
    assert budgets.take_spare(asker(gateway, Kind.OTHER)) is None
    budgets.end_line(gateway)
    assert budgets.take_spare(asker(gateway, Kind.READING)) is None


def test_regular_reading_leaves_half_of_the_day_to_all_else(gateway: int) -> None:
    assert send(gateway, Told(burst=100, day=1000, left=501)) == "go"
    reading = asker(gateway, Kind.READING)
    assert budgets.take_spare(reading) is None
    wait = budgets.take_spare(reading)
    assert wait is not None
    assert (wait.cause, wait.left) == ("day", 500)
    assert budgets.take_spare(asker(gateway, Kind.OTHER)) is None
    assert take(gateway) == "go"


def test_while_actions_wait_another_request_has_its_turn_every_five_seconds(gateway: int) -> None:
    send(gateway, Told(burst=1, day=0))
    budgets.keep_line(gateway, urgent=0, total=10)
    other = asker(gateway, Kind.OTHER)
    assert budgets.take_spare(other) is None
    wait = budgets.take_spare(other)
    assert wait is not None
    assert 3 < wait.seconds <= 5


def test_redis_emptied_waits_out_what_may_have_been_sent(gateway: int) -> None:
    assert send(gateway, Told(burst=2, day=100)) == "go"
    client().flushall()
    assert take(gateway, burst=2, day=100) == "pause"


def test_without_redis_each_process_takes_its_share(
    gateway: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DISPATCH_PROCESSES = 4
    assert send(gateway, Told(burst=2, day=0)) == "go"
    monkeypatch.setattr("fleets.budgets.best_effort", lambda work: False)
    assert take(gateway) == "go"
    wait = budgets.take(asker(gateway))
    assert wait is not None
    assert 1.5 < wait.seconds <= 2
    # Nobody is let through in turn, and what else there is to ask for waits.
    assert budgets.take_spare(asker(gateway, Kind.OTHER)) is not None
    assert budgets.grant(asker(gateway)) is not None


def test_one_leads_a_line_at_a_time(gateway: int) -> None:
    with budgets.leading(gateway) as first, budgets.leading(gateway) as second:
        assert (first, second) == (True, False)
    with budgets.leading(gateway) as again:
        assert again


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (202, {"X-RateLimit-Limit-1": "1000", "X-RateLimit-Limit-2": "5"}, Told(burst=5, day=1000)),
        (200, {"x-ratelimit-remaining-1": "7", "Retry-After": "9"}, Told(left=7)),
        (429, {"Retry-After": "9", "X-RateLimit-Reset": "3"}, Told(pause=9)),
        (429, {"X-RateLimit-Reset": "3"}, Told(pause=3)),
        (429, {"Retry-After": "99999999"}, Told(pause=900)),
        (429, {"Retry-After": "9" * 400}, Told(pause=900)),
        (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 +99999999999999999999"}, Told(pause=1)),
        (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, Told(pause=1)),
        (429, {"Retry-After": "1e300"}, Told(pause=1)),
        (429, {"Retry-After": "-5", "X-RateLimit-Reset": "3"}, Told(pause=3)),
        (429, {"Retry-After": "soon", "X-RateLimit-Limit-2": "many"}, Told(pause=1)),
        (503, {"Retry-After": "9"}, Told(pause=9)),
        (503, {}, Told()),
        (None, {}, Told()),
    ],
)
def test_headers(status: int | None, headers: dict[str, str], told: Told) -> None:
    assert read(status, headers.items(), datetime.now(UTC)) == told
