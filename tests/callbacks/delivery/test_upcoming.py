"""What is said of the next try is when it will be: never in the past, and not before what a batch waits for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.delivery.upcoming import in_order, next_tries, next_try
from callbacks.models import Batch, Callback, Delivery
from tests.callbacks.outbox_world import make_batch, make_callback
from tests.world import make_fleet

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_batch_waits_for_those_before_it_about_the_same_vehicle() -> None:
    """The subscriber has asked to wait for a day."""
    rows = [(1, NOW + DAY, [7]), (2, NOW - HOUR, [7, 8]), (3, NOW - HOUR, [8]), (4, NOW - HOUR, [9])]
    assert in_order(rows, NOW) == {1: NOW + DAY, 2: NOW + DAY, 3: NOW + DAY, 4: NOW}


@given(st.lists(st.tuples(st.integers(-50, 50), st.lists(st.integers(1, 4), max_size=3)), max_size=20))
def test_it_is_never_in_the_past_nor_before_one_that_goes_first(given: list[tuple[int, list[int]]]) -> None:
    rows = [(pk, NOW + due * HOUR, keys) for pk, (due, keys) in enumerate(given)]
    at = in_order(rows, NOW)
    for pk, due_at, keys in rows:
        assert at[pk] >= max(NOW, due_at)
        assert all(at[pk] >= at[other] for other, _, others in rows[:pk] if set(keys) & set(others))


@pytest.mark.django_db
def test_a_failed_callback_tries_nothing_before_its_next_probe_and_a_paused_one_nothing_at_all() -> None:
    callback = make_callback(make_fleet())
    batch = make_batch(callback, due_at=NOW - HOUR)
    assert (next_tries(callback, NOW), next_try(callback, NOW)) == ({batch.pk: NOW}, NOW)
    Delivery.objects.create(callback=callback, probe_at=NOW + DAY)
    callback.status = Callback.Status.FAILED
    assert (next_tries(callback, NOW), next_try(callback, NOW)) == ({batch.pk: NOW + DAY}, NOW + DAY)
    Batch.objects.update(state="parked")
    assert (next_tries(callback, NOW), next_try(callback, NOW)) == ({}, NOW + DAY)
    assert next_try(callback, NOW + 2 * DAY) == NOW + 2 * DAY
    callback.status = Callback.Status.PAUSED
    assert (next_tries(callback, NOW), next_try(callback, NOW)) == ({}, None)
