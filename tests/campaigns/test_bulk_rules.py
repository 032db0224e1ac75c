"""What a bulk command does next: pace, canary, abort, and that it comes to an end."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.bulk.rules import ENOUGH_ENDED, MINUTE, Care, Counts, Halt, State, Step, Tempo, allowance, next_step

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT_ONCE = Care(pace=6000)

LIVE = st.sampled_from([State.CANARY, State.RUNNING])
SHARES = st.integers(1, 100)
CARES = st.builds(Care, st.integers(1, 6000), st.integers(0, 30), SHARES, st.none() | SHARES)
NUMBERS = st.integers(0, 40)
COUNTS = st.builds(Counts, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)


def decide(state: State, counts: Counts, care: Care) -> Step:
    """With nobody asked yet in the last minute."""
    return next_step(state, counts, Tempo(), care, NOW)


@given(LIVE, COUNTS, CARES)
def test_no_more_are_asked_than_wait(state: State, counts: Counts, care: Care):
    assert 0 <= decide(state, counts, care).start <= counts.waiting


@given(LIVE, COUNTS, CARES)
def test_it_is_finished_when_nobody_waits_or_is_under_way_and_not_before(state: State, counts: Counts, care: Care):
    step = decide(state, counts, care)
    assert step.is_finished == (counts.waiting == counts.asked == 0)
    assert (step.state == State.DONE) == step.is_finished


@given(COUNTS, CARES)
def test_only_the_canaries_are_asked_until_they_have_succeeded(counts: Counts, care: Care):
    step = decide(State.CANARY, counts, care)
    if step.state == State.CANARY:
        assert counts.started + step.start <= max(care.canary_size, counts.started)


@given(st.integers(1, 40), CARES, st.data())
def test_canaries_that_have_all_ended_decide(total: int, care: Care, data: st.DataObject):
    care = replace(care, canary_size=min(max(care.canary_size, 1), total), abort_share=None)
    size = care.canary_size
    good = data.draw(st.integers(0, size))
    step = decide(State.CANARY, Counts(waiting=total, succeeded=good, failed=size - good), care)
    assert (step.state == State.RUNNING) == (good >= size * care.canary_share / 100)
    assert (step.state == State.ABORTED) == (step.halt == Halt.CANARY)
    assert step.state != State.CANARY


@given(st.sampled_from([State.STOPPED, State.ABORTED]), COUNTS, CARES)
def test_what_was_stopped_asks_nobody(state: State, counts: Counts, care: Care):
    step = decide(state, counts, care)
    assert (step.state, step.start) == (state, 0)
    assert step.is_finished == (counts.asked == 0)


@given(COUNTS, CARES)
def test_it_ends_by_itself_only_when_enough_have_failed(counts: Counts, care: Care):
    if decide(State.RUNNING, counts, care).halt == Halt.FAILURES:
        assert counts.ended >= ENOUGH_ENDED
        assert care.abort_share is not None
        assert counts.failed / counts.ended >= care.abort_share / 100


@given(st.integers(1, 300), st.lists(st.floats(0.1, 30), min_size=1, max_size=80))
def test_in_no_minute_more_are_asked_than_the_pace(pace: int, pauses: list[float]):
    now, asked = NOW, Counter[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        lately = sum(number for at, number in asked.items() if at > now - MINUTE)
        if number := allowance(Tempo(lately, max(asked, default=None)), pace, now):
            asked[now] = number
    for first in asked:
        assert sum(number for at, number in asked.items() if first <= at < first + MINUTE) <= pace


@given(st.integers(1, 6000), st.integers(0, 6000))
def test_after_a_minute_somebody_is_asked_again(pace: int, before: int):
    assert allowance(Tempo(0, NOW - timedelta(minutes=1)), pace, NOW) >= 1
    assert allowance(Tempo(before, NOW - timedelta(seconds=5)), pace, NOW) <= max(pace - before, 0)


@given(st.integers(1, 60), CARES, st.data())
def test_whatever_the_outcomes_it_comes_to_an_end(total: int, care: Care, data: st.DataObject):
    state = State.CANARY if care.canary_size else State.RUNNING
    counts, now, last = Counts(waiting=total), NOW, None
    for _ in range(4 * total + 4):
        step = next_step(state, counts, Tempo(0, last), care, now)
        state, last = step.state, now if step.start else last
        waiting = 0 if step.halt else counts.waiting - step.start
        ended = counts.asked + step.start
        good = data.draw(st.integers(0, ended))
        counts = replace(
            counts,
            waiting=waiting,
            asked=0,
            succeeded=counts.succeeded + good,
            failed=counts.failed + ended - good,
        )
        now += timedelta(minutes=1)
        if step.is_finished:
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize(
    ("succeeded", "failed", "asked", "expected"),
    [
        (4, 0, 1, State.RUNNING),  # certain though one is under way
        (0, 2, 3, State.ABORTED),  # 80 % can't be reached any more
        (3, 1, 1, State.CANARY),
        (4, 1, 0, State.RUNNING),
        (3, 2, 0, State.ABORTED),
    ],
)
def test_the_canary_is_decided_as_soon_as_it_is_certain(succeeded: int, failed: int, asked: int, expected: State):
    care = Care(pace=60, canary_size=5, canary_share=80)
    assert decide(State.CANARY, Counts(45, asked, succeeded, failed), care).state == expected


def test_a_canary_of_more_than_there_are_is_all_of_them():
    care = Care(pace=6000, canary_size=50, canary_share=80)
    assert decide(State.CANARY, Counts(waiting=3), care) == Step(State.CANARY, 3)
    assert decide(State.CANARY, Counts(asked=1, succeeded=1, failed=1), care).halt == Halt.CANARY


def test_the_first_failures_of_many_do_not_end_it():
    care = Care(pace=60, abort_share=25)
    assert decide(State.RUNNING, Counts(40, 0, 0, 9), care).state == State.RUNNING
    assert decide(State.RUNNING, Counts(40, 0, 7, 3), care).halt == Halt.FAILURES
    assert decide(State.RUNNING, Counts(40, 0, 8, 2), care).halt is None


def test_a_pace_is_spread_over_the_minute():
    assert allowance(Tempo(), 60, NOW) == 2
    assert allowance(Tempo(10, NOW - timedelta(seconds=2)), 60, NOW) == 2
    assert allowance(Tempo(60, NOW - timedelta(seconds=20)), 60, NOW) == 0
