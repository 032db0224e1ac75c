"""The health of a callback: what it says, and that a busy callback's costs no more than a quiet one's."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callbacks.health import Health, health
from callbacks.models import Attempt, Batch, Callback, Delivery
from tests.world import make_fleet

from .outbox_world import make_attempt, make_batch, make_callback, make_event, make_notification

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def now(db: None) -> datetime:
    return timezone.now()


@pytest.fixture
def callback(now: datetime) -> Callback:
    return make_callback(make_fleet())


def deliver(callback: Callback, at: datetime, took: timedelta, **values: object) -> Batch:
    return make_batch(callback, oldest_at=at - took, delivered_at=at, state="delivered", **values)


def test_a_new_callback_has_nothing_to_tell(callback: Callback) -> None:
    nothing = Health(
        success_rate=None, attempts=0, oldest_waiting_at=None, next_try_at=None, waiting=0, parked=0, p50=None, p95=None
    )
    assert health(callback) == nothing


def test_the_share_of_attempts_that_succeeded_is_of_the_last_day(callback: Callback, now: datetime) -> None:
    batch = make_batch(callback)
    make_attempt(batch, status=500, at=now - DAY - HOUR)
    for status in (None, 302, 404, 500, 199, 300, 200, 204):
        make_attempt(batch, status=status, at=now - HOUR)
    told = health(callback)
    assert (told.attempts, told.success_rate) == (8, 0.25)


def test_times_to_deliver_run_from_the_event_to_the_answer(callback: Callback, now: datetime) -> None:
    for seconds in range(1, 22):
        deliver(callback, now - HOUR, seconds * SECOND)
    told = health(callback)
    assert (told.p50, told.p95) == (11 * SECOND, 20 * SECOND)


def test_tests_replays_and_older_deliveries_do_not_change_the_times(callback: Callback, now: datetime) -> None:
    deliver(callback, now - HOUR, SECOND)
    deliver(callback, now - DAY - HOUR, HOUR)
    deliver(callback, now - HOUR, HOUR, kind="test")
    deliver(callback, now, 3 * HOUR, expires_at=now + 3 * DAY)
    make_batch(callback, state="parked", oldest_at=now - HOUR)
    assert (health(callback).p50, health(callback).p95) == (SECOND, SECOND)


def test_what_waits_counts_in_events_batched_or_not(callback: Callback, now: datetime) -> None:
    make_batch(callback, make_event(), make_event(), oldest_at=now - 2 * HOUR, due_at=now + HOUR)
    make_batch(callback, oldest_at=now - HOUR, due_at=now + SECOND)
    make_batch(callback, make_event(), make_event(), make_event(), state="parked", oldest_at=now - DAY)
    make_batch(callback, state="expired", oldest_at=now - DAY)
    make_notification(callback)
    told = health(callback)
    assert (told.waiting, told.parked) == (4, 3)
    assert (told.oldest_waiting_at, told.next_try_at) == (now - 2 * HOUR, now + SECOND)


def test_the_oldest_may_be_one_that_no_batch_holds_yet(callback: Callback, now: datetime) -> None:
    make_notification(callback, created_at=now - HOUR)
    make_notification(callback, created_at=now)
    told = health(callback)
    assert (told.waiting, told.oldest_waiting_at, told.next_try_at) == (2, now - HOUR, None)


def test_a_paused_callback_tries_nothing_and_a_failed_one_is_probed(callback: Callback, now: datetime) -> None:
    make_batch(callback)
    Delivery.objects.create(callback=callback, probe_at=now + HOUR)
    callback.status = Callback.Status.PAUSED
    assert health(callback).next_try_at is None
    callback.status = Callback.Status.FAILED
    assert health(callback).next_try_at == now + HOUR


def test_another_callbacks_rows_are_not_looked_at(callback: Callback, now: datetime) -> None:
    other = make_callback(callback.fleet)
    make_attempt(make_batch(other))
    make_notification(other)
    deliver(other, now, SECOND)
    told = health(callback)
    assert (told.attempts, told.waiting, told.p50) == (0, 0, None)


def test_only_the_newest_rows_are_looked_at(callback: Callback, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbacks.health.ROWS", 3)
    batch = make_batch(callback, state="parked")
    for status in (500, 500, 200, 200, 200):
        make_attempt(batch, status=status)
    deliver(callback, now, HOUR)
    for _ in range(3):
        deliver(callback, now, SECOND)
    told = health(callback)
    assert (told.attempts, told.success_rate, told.p95) == (3, 1, SECOND)


@pytest.mark.parametrize(("status", "statements"), [("Running", 6), ("Paused", 5), ("Failed", 6)])
def test_it_takes_a_few_statements_each_along_an_index(callback: Callback, status: str, statements: int) -> None:
    for _ in range(20):
        make_attempt(make_batch(callback))
    callback.status = status
    with CaptureQueriesContext(connection) as queries:
        health(callback)
    assert len(queries) == statements
    assert Attempt.objects.filter(callback=callback).count() == 20
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            assert "Index" in plan, plan
