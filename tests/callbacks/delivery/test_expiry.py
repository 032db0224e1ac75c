"""Three days after its oldest event a notification is tried no more; what is older than DELIVERY_DAYS is deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.delivery import recovery, sweep
from callbacks.delivery.policy import LIFE, Policy
from callbacks.models import Attempt, Batch, Callback, Notification
from callbacks.replay import failures, replay, replayable
from callbacks.status import pause, resume
from fleets.models import Fleet
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback

HOUR = timedelta(hours=1)


def make_older(callback: Callback, by: timedelta) -> None:
    """As if all that is stored for the callback had come so much earlier."""
    for batch in Batch.objects.filter(callback=callback):
        for name in ("oldest_at", "formed_at", "due_at", "expires_at"):
            setattr(batch, name, getattr(batch, name) - by)
        batch.save()
    for notification in Notification.objects.filter(callback=callback):
        notification.created_at -= by
        notification.save()


@pytest.mark.parametrize("policy", [{"policy": "Always"}, {"policy": "Bounded", "retryNumber": 10_000}])
def test_three_days_after_its_event_a_batch_expires_unsent(desk: Desk, policy) -> None:
    callback = desk.callback(retryPolicy=policy)
    desk.sink.behave = lambda _: 500
    desk.put(callback)
    desk.deliver(callback)
    make_older(callback, LIFE - HOUR)
    desk.next_try(callback)
    assert len(desk.sink.got) == 2
    make_older(callback, HOUR)
    desk.next_try(callback)
    assert len(desk.sink.got) == 2
    assert desk.states(callback) == ["expired"]


def test_a_retry_that_would_be_too_late_is_not_made(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Always", "retryDelay": 7200})
    desk.sink.behave = lambda _: 500
    desk.put(callback)
    desk.deliver(callback)
    make_older(callback, LIFE - HOUR)
    desk.next_try(callback)
    assert desk.states(callback) == ["parked"]


def test_what_is_over_does_not_hold_up_its_vehicle(desk: Desk) -> None:
    callback = desk.callback()
    make_batch(callback, order_keys=[1], expires_at=timezone.now())
    (fresh,) = desk.put(callback, vehicle=1)
    desk.deliver(callback)
    assert desk.sink.actions == [fresh]
    assert desk.states(callback) == ["expired", "delivered"]


def test_a_success_does_not_bring_back_what_is_over(desk: Desk) -> None:
    callback = desk.callback()
    over = make_batch(callback, state="parked", tries=4, expires_at=timezone.now())
    recovery.recovered(callback, Policy.of({}), timezone.now(), [])
    resume(callback)
    over.refresh_from_db()
    assert over.state == Batch.State.PARKED
    sweep.prune()
    over.refresh_from_db()
    assert over.state == Batch.State.EXPIRED


def test_what_came_while_paused_is_kept_for_three_days(desk: Desk) -> None:
    """What is older stands in the list as expired, and can be replayed; what is younger is sent on resume."""
    callback = desk.callback()
    pause(callback)
    old = desk.put(callback, 3, vehicle=1)
    make_older(callback, LIFE)
    young = desk.put(callback, 2, vehicle=1)
    sweep.prune()
    assert desk.states(callback) == ["expired"] * 3
    assert Notification.objects.count() == 2
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == young
    replay(callback, failures(callback, timezone.now() - HOUR))
    desk.deliver(callback)
    assert desk.sink.actions == [*young, *old]


def test_what_was_not_formed_in_time_is_not_sent_on_resume_either(desk: Desk) -> None:
    """Nobody has pruned meanwhile."""
    callback = desk.callback(batchNotify={"size": 2, "timeWindow": 5})
    pause(callback)
    desk.put(callback, 3)
    make_older(callback, LIFE)
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.got == []
    assert desk.states(callback) == ["expired"] * 2


def test_an_expired_one_is_replayed_for_three_more_days_with_all_its_tries(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 1})
    desk.put(callback)
    desk.sink.behave = lambda _: 500
    desk.deliver(callback)
    (first,) = desk.sink.got
    make_older(callback, LIFE)
    sweep.prune()
    assert desk.states(callback) == ["expired"]
    since = timezone.now() - 2 * LIFE
    assert list(failures(callback, since)) == list(replayable(callback, since)) != []
    assert replay(callback, failures(callback, since)) == 1
    desk.deliver(callback)
    assert desk.states(callback) == ["waiting"]
    assert timezone.now() + LIFE - HOUR < desk.batch(callback).expires_at <= timezone.now() + LIFE
    desk.sink.behave = lambda _: 200
    desk.next_try(callback)
    assert desk.states(callback) == ["delivered"]
    assert {(got.body, got.webhook_id) for got in desk.sink.got} == {(first.body, first.webhook_id)}


def test_a_span_of_time_is_that_in_which_batches_were_formed(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    now = timezone.now()
    rows = [
        make_batch(callback, state=state, formed_at=now - age * HOUR)
        for age, state in enumerate(["delivered", "parked", "expired", "waiting", "parked"])
    ]
    assert set(failures(callback, now - 4.5 * HOUR)) == {rows[1], rows[2], rows[4]}
    assert set(failures(callback, now - 4.5 * HOUR, now - 1.5 * HOUR)) == {rows[2], rows[4]}
    assert set(replayable(callback, now - 1.5 * HOUR)) == {rows[0], rows[1]}
    assert replay(callback, replayable(callback, now - 24 * HOUR)) == 4
    assert set(Batch.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_replay_while_paused_goes_on_resume(desk: Desk) -> None:
    callback = desk.callback()
    (action,) = desk.put(callback)
    desk.deliver(callback)
    pause(callback)
    assert replay(callback, Batch.objects.all()) == 1
    desk.deliver(callback)
    assert len(desk.sink.got) == 1
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == [action, action]


def test_old_attempts_and_batches_are_deleted_slice_by_slice(fleet: Fleet, settings, monkeypatch) -> None:
    monkeypatch.setattr("callbacks.delivery.sweep.SLICE", 3)
    settings.DELIVERY_DAYS = 10
    callback = make_callback(fleet)
    then, lately = timezone.now() - timedelta(days=10, hours=1), timezone.now() - timedelta(days=9)
    gone = [make_batch(callback, state=state, formed_at=then) for state in ["delivered"] * 8 + ["expired"] * 2]
    kept = [
        make_batch(callback, state="waiting", formed_at=then, expires_at=timezone.now() + LIFE),
        make_batch(callback, state="delivered", formed_at=then, tried_at=lately),
        *[make_batch(callback, state="delivered", formed_at=lately) for _ in range(4)],
    ]
    for batch in gone:
        make_attempt(batch, at=then)
    for batch in kept:
        make_attempt(batch, at=lately)
    sweep.prune()
    assert list(Batch.objects.order_by("pk")) == kept
    assert list(Attempt.objects.order_by("pk").values_list("batch", flat=True)) == [batch.pk for batch in kept]
    sweep.prune()
    assert Batch.objects.count() == len(kept)
