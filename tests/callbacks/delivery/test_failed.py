"""A callback that can't be reached again and again is Failed: what comes is kept, and one probe at a time is made."""

from datetime import timedelta

import pytest
from aiohttp import web
from django.utils import timezone

from callbacks.delivery import turns
from callbacks.delivery.policy import ALWAYS_TRIES, FAILED_AFTER, FIRST_PROBE, JITTER, LONGEST_PROBE
from callbacks.delivery.postman import Postman
from callbacks.models import Batch, Callback, Delivery, Notification
from callbacks.status import fail, pause, resume
from tests.api.conftest import World, ours  # noqa: F401
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_callback
from tests.waiting import wait_until

TWICE = {"policy": "Bounded", "retryNumber": 1, "retryDelay": 100}
ALWAYS = {"policy": "Always", "retryDelay": 100}


def refuse(_) -> int:
    return 500


def status(callback: Callback) -> str:
    callback.refresh_from_db()
    return callback.status


def failed_callback(desk: Desk, policy=TWICE) -> Callback:
    """A callback with just as many parked batches as make it Failed."""
    callback = desk.callback(retryPolicy=policy)
    desk.sink.behave = refuse
    desk.put(callback, FAILED_AFTER)
    desk.deliver(callback)
    desk.next_try(callback)
    assert status(callback) == Callback.Status.FAILED
    desk.sink.got.clear()
    return callback


def let_probe(desk: Desk, callback: Callback) -> None:
    """Let the time until the next probe go by, and deliver."""
    Delivery.objects.filter(pk=callback.pk).update(probe_at=timezone.now())
    desk.deliver(callback)


def test_after_five_batches_in_a_row_a_callback_is_failed_and_says_why(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=TWICE)
    desk.sink.behave = refuse
    desk.put(callback, FAILED_AFTER - 1)
    desk.deliver(callback)
    desk.next_try(callback)
    assert status(callback) == Callback.Status.RUNNING
    desk.put(callback)
    desk.deliver(callback)
    desk.next_try(callback)
    assert status(callback) == Callback.Status.FAILED
    since = desk.delivery(callback).failing_since
    assert since
    assert callback.status_reason == f"5 notifications in a row did not arrive since {since:%Y-%m-%d %H:%M} UTC."
    assert callback.status_at
    assert since <= callback.status_at <= timezone.now()


def test_under_always_every_fourth_failure_counts(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=ALWAYS)
    desk.sink.behave = refuse
    desk.put(callback, FAILED_AFTER)
    desk.deliver(callback)
    for _ in range(ALWAYS_TRIES - 2):
        desk.next_try(callback)
    assert status(callback) == Callback.Status.RUNNING
    desk.next_try(callback)
    assert status(callback) == Callback.Status.FAILED
    assert desk.states(callback) == ["waiting"] * FAILED_AFTER


def test_a_success_in_between_starts_the_count_anew(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "None"})
    for _ in range(3):
        desk.sink.behave = refuse
        desk.put(callback, FAILED_AFTER - 1)
        desk.deliver(callback)
        assert desk.delivery(callback).exhausted == FAILED_AFTER - 1
        desk.sink.behave = lambda _: 200
        desk.put(callback)
        desk.deliver(callback)
        assert desk.delivery(callback).exhausted == 0
        assert desk.delivery(callback).failing_since is None
    assert status(callback) == Callback.Status.RUNNING


def test_what_comes_meanwhile_is_kept(desk: Desk) -> None:
    callback = failed_callback(desk)
    desk.put(callback, 3)
    desk.deliver(callback)
    assert desk.sink.got == []
    assert Notification.objects.filter(callback=callback).count() == 3
    assert desk.states(callback) == ["parked"] * FAILED_AFTER


def test_the_first_probe_comes_after_half_a_minute(desk: Desk) -> None:
    callback = failed_callback(desk)
    probe_at = desk.delivery(callback).probe_at
    assert callback.status_at
    assert probe_at
    assert abs(probe_at - callback.status_at - FIRST_PROBE) < timedelta(seconds=25)


def test_one_probe_at_a_time(desk: Desk, postman: Postman) -> None:
    callback = failed_callback(desk)
    desk.put(callback, 5)
    desk.sink.hold()
    Delivery.objects.update(probe_at=timezone.now())
    other = Postman()
    try:
        desk.sink.most_under_way = 0
        for worker in (postman, other, postman):
            worker.deliver([callback.pk])
        wait_until(lambda: desk.sink.under_way, "a probe")
        other.deliver([callback.pk])
        desk.let_look(callback)
        assert len(desk.sink.got) == 1
        desk.sink.let_go()
        wait_until(lambda: postman.idle() and other.idle(), "the end of the probe")
    finally:
        other.stop(patience=1)
    assert len(desk.sink.got) == desk.sink.most_under_way == 1
    assert status(callback) == Callback.Status.FAILED


@pytest.mark.parametrize(
    ("failing_for", "pause"),
    [
        (timedelta(minutes=1), FIRST_PROBE),
        (timedelta(minutes=10), timedelta(minutes=2.5)),
        (timedelta(hours=5), LONGEST_PROBE),
    ],
)
def test_probes_that_fail_come_ever_more_seldom(desk: Desk, failing_for: timedelta, pause: timedelta) -> None:
    callback = failed_callback(desk)
    Delivery.objects.update(failing_since=timezone.now() - failing_for)
    let_probe(desk, callback)
    probe_at = desk.delivery(callback).probe_at
    assert probe_at
    assert pause - timedelta(seconds=25) < probe_at - timezone.now() < pause * (1 + JITTER) + timedelta(seconds=1)
    assert len(desk.sink.got) == 1


def test_a_probe_waits_as_long_as_the_subscriber_asks(desk: Desk) -> None:
    callback = failed_callback(desk)
    desk.sink.behave = lambda _: web.Response(status=503, headers={"Retry-After": "86400"})
    let_probe(desk, callback)
    probe_at = desk.delivery(callback).probe_at
    assert probe_at
    assert timedelta(hours=23) < probe_at - timezone.now() <= timedelta(hours=24)


def test_a_good_probe_and_all_that_is_kept_goes(desk: Desk) -> None:
    callback = failed_callback(desk)
    kept = desk.put(callback, 4, vehicle=1)
    let_probe(desk, callback)
    let_probe(desk, callback)
    assert len(desk.sink.got) == 2
    desk.sink.got.clear()
    desk.sink.behave = lambda _: 200
    let_probe(desk, callback)
    assert status(callback) == Callback.Status.RUNNING
    assert callback.status_reason == ""
    assert desk.states(callback) == ["delivered"] * (FAILED_AFTER + 4)
    assert [action for action in desk.sink.actions if action in kept] == kept
    assert desk.delivery(callback).probe_at is None


def test_what_no_subscriber_takes_does_not_keep_a_callback_failed(desk: Desk) -> None:
    """The probes take turns: the one that is never taken is not the only one tried."""
    callback = desk.callback(retryPolicy=ALWAYS)
    (poison,) = desk.put(callback, vehicle=1)
    desk.sink.behave = refuse
    for _ in range(FAILED_AFTER * ALWAYS_TRIES):
        desk.next_try(callback)
    assert status(callback) == Callback.Status.FAILED
    desk.put(callback, vehicle=1)
    desk.put(callback, vehicle=2)
    desk.sink.behave = lambda got: 500 if poison in got.actions else 200
    for _ in range(3):
        let_probe(desk, callback)
    assert status(callback) == Callback.Status.RUNNING
    assert desk.states(callback) == ["waiting", "waiting", "delivered"]


def test_probes_take_turns_among_what_was_tried_before(desk: Desk) -> None:
    callback = failed_callback(desk)
    poison = Batch.objects.earliest("pk")
    desk.sink.behave = lambda got: 500 if got.webhook_id == poison.webhook_id else 200
    Batch.objects.filter(pk=poison.pk).update(tried_at=timezone.now() - timedelta(hours=1))
    let_probe(desk, callback)
    assert status(callback) == Callback.Status.FAILED
    let_probe(desk, callback)
    assert status(callback) == Callback.Status.RUNNING
    assert desk.states(callback) == ["parked"] + ["delivered"] * (FAILED_AFTER - 1)


def test_what_a_worker_has_in_memory_is_probed_one_at_a_time_too(desk: Desk, settings) -> None:
    """The callback turns Failed while requests are under way, and many more are in line."""
    settings.CALLBACK_IN_FLIGHT = 3
    callback = desk.callback(retryPolicy=ALWAYS)
    desk.sink.hold()
    desk.sink.behave = refuse
    desk.put(callback, 10)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 3, "requests under way")
    fail(callback, "Tried in vain elsewhere.")
    desk.let_look(callback)
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the worker to leave it")
    assert len(desk.sink.got) == 4


def test_an_operator_resumes_it_and_all_that_is_kept_goes(desk: Desk) -> None:
    callback = failed_callback(desk)
    kept = desk.put(callback, 2)
    desk.sink.behave = lambda _: 200
    resume(callback)
    desk.deliver(callback)
    assert status(callback) == Callback.Status.RUNNING
    assert desk.states(callback) == ["delivered"] * (FAILED_AFTER + 2)
    assert set(kept) < set(desk.sink.actions)
    assert desk.delivery(callback).exhausted == 0


def test_one_that_is_resumed_in_vain_is_failed_again_after_as_many(desk: Desk) -> None:
    callback = failed_callback(desk)
    resume(callback)
    desk.deliver(callback)
    assert len(desk.sink.got) == FAILED_AFTER
    assert status(callback) == Callback.Status.FAILED


def test_a_person_who_pauses_it_meanwhile_is_not_overruled(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=TWICE)
    desk.sink.behave = refuse
    desk.put(callback, FAILED_AFTER)
    desk.deliver(callback)
    desk.sink.hold()
    Batch.objects.update(due_at=timezone.now())
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == FAILED_AFTER, "the last tries to be under way")
    pause(callback, "Paused by Ada.")
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the tries to end")
    assert (status(callback), callback.status_reason) == (Callback.Status.PAUSED, "Paused by Ada.")
    assert desk.states(callback) == ["parked"] * FAILED_AFTER


def test_resuming_while_requests_are_under_way_lets_the_others_go_at_once(desk: Desk) -> None:
    """What waits for a retry in a worker's memory is due as soon as a person resumes the callback."""
    callback = desk.callback(retryPolicy=ALWAYS)
    (late,) = desk.put(callback)
    desk.sink.behave = refuse
    desk.deliver(callback)
    desk.sink.hold()
    desk.sink.behave = lambda _: 200
    desk.put(callback)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 1, "another one to be under way")
    resume(callback)
    wait_until(lambda: desk.sink.under_way == 2, "the first one to be tried again")
    assert desk.sink.got[-1].actions == [late]
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 2, "both to arrive")


@pytest.mark.parametrize("stop", [pause, lambda callback: fail(callback, "It was not there.")])
def test_a_command_never_waits_for_a_callback(ours: World, stop) -> None:  # noqa: F811
    callback = make_callback(ours.fleet)
    stop(callback)
    assert turns.acquire(callback.pk)
    path = f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{callback.public_id}/remotes"
    answer = ours.caller.post(path, {"door": {"state": "Unlocked"}})
    assert answer.status_code == 202
