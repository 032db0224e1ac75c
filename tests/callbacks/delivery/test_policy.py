"""When a failed batch is tried again, by its callback's retry policy."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.delivery import recovery
from callbacks.delivery.policy import (
    ALWAYS_TRIES,
    FIRST_PROBE,
    JITTER,
    LIFE,
    LONGEST_PROBE,
    LONGEST_RELEASE,
    RELEASE_PAUSES,
    Policy,
    next_probe,
)
from callbacks.models import Batch
from fleets.models import Fleet
from tests.callbacks.outbox_world import make_batch, make_callback

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

NONE = Policy.of({"retryPolicy": {"policy": "None"}})
ABSENT = Policy.of({})
ALWAYS = Policy.of({"retryPolicy": {"policy": "Always", "retryDelay": 60}})

policies = st.builds(
    Policy,
    st.sampled_from(["None", "Bounded", "Always"]),
    st.integers(1, 10_000),
    st.integers(1, 259_200).map(lambda seconds: seconds * SECOND),
)


def tries(policy: Policy, most: int = 50) -> int:
    """How often a batch that always fails is tried by itself."""
    made = 1
    while made < most and policy.next_try(made, NOON) is not None:
        made += 1
    return made


def test_a_callback_without_a_policy_is_retried_three_times_ten_seconds_apart() -> None:
    assert (ABSENT.name, ABSENT.retries, ABSENT.delay) == ("Bounded", 3, 10 * SECOND)
    assert Policy.of({"retryPolicy": {"policy": "Bounded"}}) == ABSENT
    assert tries(ABSENT) == 4


def test_none_is_a_single_try() -> None:
    assert tries(NONE) == 1
    assert not NONE.releases


@pytest.mark.parametrize("number", [1, 2, 7])
def test_bounded_counts_retries_after_the_first_try(number: int) -> None:
    bounded = Policy.of({"retryPolicy": {"policy": "Bounded", "retryNumber": number, "retryDelay": 5}})
    assert tries(bounded) == 1 + number
    assert bounded.delay == 5 * SECOND


def test_always_never_ends_by_itself() -> None:
    assert tries(ALWAYS, most=500) == 500


@given(policies, st.integers(1, 20_000))
def test_a_retry_is_never_early_and_at_most_a_few_percent_late(policy: Policy, made: int) -> None:
    due_at = policy.next_try(made, NOON)
    if due_at is None:
        assert policy.tries is not None
        assert made >= policy.tries
    else:
        assert NOON + policy.delay <= due_at <= NOON + policy.delay * (1 + JITTER)


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({ALWAYS.next_try(1, NOON) for _ in range(50)}) > 40


@given(policies, st.floats(0, 1e9))
def test_retry_after_puts_off_but_neither_hurries_nor_leads_beyond_three_days(policy: Policy, seconds: float) -> None:
    asked = seconds * SECOND
    due_at = policy.next_try(1, NOON, asked)
    if due_at is not None:
        wanted = max(policy.delay, min(asked, LIFE))
        assert NOON + wanted <= due_at <= NOON + max(wanted * (1 + JITTER), policy.delay)


@given(policies, st.integers(1, 20_000))
def test_using_up_the_tries_counts_towards_failed(policy: Policy, made: int) -> None:
    counts = policy.is_exhausted(made)
    if policy.tries is None:
        assert counts == (made % ALWAYS_TRIES == 0)
    else:
        assert counts == (policy.next_try(made, NOON) is None)


@given(policies, st.integers(1, 20_000))
def test_a_parked_one_goes_with_the_next_success_and_later_and_later_if_that_is_in_vain(
    policy: Policy, made: int
) -> None:
    used_up = policy.tries or ALWAYS_TRIES
    pauses = [policy.released_at(NOON, used_up + number) - NOON for number in range(12)]
    assert pauses[0] == timedelta(0)
    assert pauses[1:9] == [20 * 2**number * SECOND for number in range(8)]
    assert set(pauses[9:]) == {LONGEST_RELEASE}
    assert policy.released_at(NOON, made) - NOON in pauses


@given(st.floats(0, 3 * 86_400), st.floats(0, 3600))
def test_probes_come_ever_more_seldom(failing_for: float, longer: float) -> None:
    pause = next_probe(failing_for * SECOND, NOON) - NOON
    later = next_probe((failing_for + longer) * SECOND, NOON) - NOON
    assert FIRST_PROBE <= pause <= LONGEST_PROBE * (1 + JITTER)
    assert later >= pause / (1 + JITTER) - SECOND / 1000


def test_the_database_hurries_what_waits_for_a_retry_after_the_same_pauses(fleet: Fleet) -> None:
    callback, later = make_callback(fleet), NOON + timedelta(hours=5)
    over, not_over = [], []
    for releases in range(len(RELEASE_PAUSES) + 3):
        pause = RELEASE_PAUSES[min(releases, len(RELEASE_PAUSES) - 1)]
        given = {"tries": 1, "releases": releases, "due_at": later, "expires_at": NOON + LIFE}
        over.append(make_batch(callback, tried_at=NOON - pause, **given))
        not_over.append(make_batch(callback, tried_at=NOON - pause + SECOND, **given))
    known = [batch.pk for batch in over[2:] + not_over]
    assert set(recovery.recovered(callback, ABSENT, NOON, known)) == {batch.pk for batch in over[2:]}
    for batches, due_at, more in [(over, NOON, 1), (not_over, later, 0)]:
        for releases, batch in enumerate(batches):
            batch.refresh_from_db()
            assert (batch.due_at, batch.releases, batch.state) == (due_at, releases + more, Batch.State.WAITING)


def test_the_database_lets_parked_ones_go_from_their_due_time_on(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    parked = {"state": "parked", "tries": 4, "expires_at": NOON + LIFE}
    may = make_batch(callback, due_at=NOON, **parked)
    must_wait = make_batch(callback, due_at=NOON + SECOND, **parked)
    over = make_batch(callback, due_at=NOON, **{**parked, "expires_at": NOON})
    recovery.recovered(callback, ABSENT, NOON, [])
    assert [row.state for row in Batch.objects.order_by("pk")] == ["waiting", "parked", "parked"]
    assert may.pk < must_wait.pk < over.pk


def test_under_none_a_success_lets_nothing_go(fleet: Fleet) -> None:
    callback = make_callback(fleet, retryPolicy={"policy": "None"})
    batch = make_batch(callback, state="parked", tries=1)
    recovery.recovered(callback, NONE, batch.due_at + LIFE / 2, [])
    batch.refresh_from_db()
    assert batch.state == Batch.State.PARKED
