"""A subscriber that fails or is slow stops only itself, and a vehicle's events stay in order whatever happens."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.delivery import sweep
from callbacks.delivery.postman import Postman
from callbacks.models import Attempt, Batch
from callbacks.replay import replay
from tests.callbacks.conftest import Desk, lapse
from tests.callbacks.outbox_world import make_batch
from tests.callbacks.sink import Sink
from tests.waiting import wait_until

LATER = {"policy": "Always", "retryDelay": 3600}
TWICE = {"policy": "Bounded", "retryNumber": 1, "retryDelay": 100}


@pytest.fixture
def slow() -> Iterator[Sink]:
    """A subscriber that answers only when it is let go."""
    sink = Sink()
    sink.hold()
    yield sink
    sink.close()


def watch(postman: Postman) -> list[object]:
    """A list that grows with each thing that the worker has asked of the database, but for writing results."""
    asked: list[object] = []
    in_database = postman.in_database

    async def watched(work):
        found = await in_database(work)
        asked.append(work)
        return found

    postman.in_database = watched  # type: ignore[method-assign]
    return asked


def test_a_dead_a_failing_and_a_slow_subscriber_stop_only_themselves(desk: Desk, slow: Sink) -> None:
    dead = desk.callback(target="http://127.0.0.1:9/nobody")
    tardy = desk.callback(target=slow.url)
    failing = desk.callback(target=desk.sink.url.replace("/hook", "/failing"))
    good = desk.callback()
    desk.sink.behave = lambda got: 500 if got.path == "/failing" else 200
    for callback in (dead, tardy, failing, good):
        desk.put(callback, 60)
    desk.postman.deliver([callback.pk for callback in (dead, tardy, failing, good)])
    wait_until(lambda: desk.states(good) == ["delivered"] * 60, "the good one to have all")
    wait_until(lambda: slow.under_way == 50, "the slow one to be asked as often as the cap allows")
    slow.let_go()
    wait_until(lambda: desk.states(tardy) == ["delivered"] * 60, "the slow one to have all")


def test_the_connections_of_a_worker_are_shared_among_its_callbacks(desk: Desk, slow: Sink, settings) -> None:
    settings.CALLBACK_CONNECTIONS = 6
    first, second = desk.callback(target=slow.url), desk.callback(target=slow.url)
    desk.put(first, 10)
    desk.put(second, 10)
    desk.postman.deliver([first.pk, second.pk])
    wait_until(lambda: slow.under_way == 6, "three requests for each")
    assert sorted(got.document["callbackId"] for got in slow.got) == sorted([first.public_id, second.public_id] * 3)
    slow.let_go()
    wait_until(lambda: len(slow.got) == 20, "the others to follow")
    assert slow.most_under_way <= 10


def test_one_at_a_time_is_as_fast_as_the_subscriber(desk: Desk, settings) -> None:
    """No pause between two requests, however small the cap."""
    settings.CALLBACK_IN_FLIGHT = 1
    callback = desk.callback()
    sent = desk.put(callback, 40)
    desk.deliver(callback)
    assert desk.sink.actions == sent
    assert desk.sink.most_under_way == 1
    first, last = Attempt.objects.earliest("at"), Attempt.objects.latest("at")
    # A pause each would make 20.
    assert last.at - first.at < timedelta(seconds=18)


def test_a_vehicles_next_event_waits_for_the_one_before_and_others_pass(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=TWICE)
    (stuck,) = desk.put(callback, vehicle=1)
    desk.sink.behave = lambda got: 500 if stuck in got.actions else 200
    desk.deliver(callback)
    behind = desk.put(callback, 3, vehicle=1)
    passing = desk.put(callback, 3, vehicle=2)
    Batch.objects.update(releases=5)
    desk.deliver(callback)
    assert desk.sink.actions == [stuck, *passing]
    desk.next_try(callback)
    assert desk.states(callback) == ["parked"] + ["delivered"] * 6
    assert desk.sink.actions[4:6] == [stuck, behind[0]]
    assert [action for action in desk.sink.actions if action in behind] == behind


def test_what_waits_behind_a_failed_one_is_not_asked_for_again_and_again(desk: Desk) -> None:
    """A worker leaves, and comes back only for what can be posted."""
    callback = desk.callback(retryPolicy=LATER)
    desk.sink.behave = lambda _: 500
    desk.put(callback, 5, vehicle=1)
    asked = watch(desk.postman)
    desk.deliver(callback)
    assert len(asked) < 15
    asked.clear()
    desk.deliver(callback)
    assert len(asked) < 5
    assert len(desk.sink.got) == 1


def test_waiting_for_a_retry_that_is_soon_asks_little_of_the_database(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Always", "retryDelay": 1})
    statuses = [500]
    desk.sink.behave = lambda _: statuses.pop() if statuses else 200
    desk.put(callback)
    asked = watch(desk.postman)
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"]
    assert len(asked) < 15


def test_a_batch_of_several_vehicles_waits_for_each_of_them(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=LATER)
    first = make_batch(callback, order_keys=[1])
    make_batch(callback, order_keys=[1, 2])
    make_batch(callback, order_keys=[2])
    (alone,) = make_batch(callback, order_keys=[3]).remote_action_ids
    desk.sink.behave = lambda got: 500 if got.actions == first.remote_action_ids else 200
    Batch.objects.update(releases=1000)
    desk.deliver(callback)
    # They go side by side.
    assert sorted(desk.sink.actions) == sorted([*first.remote_action_ids, alone])
    desk.sink.behave = lambda _: 200
    desk.next_try(callback)
    assert desk.states(callback) == ["delivered"] * 4


def test_thousands_that_wait_for_their_retry_do_not_keep_a_new_one_back(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=LATER)
    row = make_batch(
        callback, tries=1, releases=1000, tried_at=timezone.now(), due_at=timezone.now() + timedelta(hours=1)
    )
    values = {field.attname: getattr(row, field.attname) for field in Batch._meta.fields if field.attname != "id"}
    Batch.objects.bulk_create([Batch(**values) for _ in range(1500)])
    (fresh,) = desk.put(callback, vehicle=1)
    desk.deliver(callback)
    assert desk.sink.actions == [fresh]


def test_a_replayed_one_does_not_disturb_what_is_under_way(desk: Desk) -> None:
    callback = desk.callback()
    (again,) = desk.put(callback, vehicle=1)
    desk.deliver(callback)
    desk.sink.hold()
    sent = desk.put(callback, 2, vehicle=1)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 1, "a later one of the vehicle to be under way")
    assert replay(callback, Batch.objects.filter(state="delivered")) == 1
    desk.let_look(callback)
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 3, "all three")
    assert desk.sink.actions == [again, sent[0], again, sent[1]]


def test_two_workers_never_deliver_to_one_callback_at_once(desk: Desk, other: Postman, settings) -> None:
    settings.CALLBACK_IN_FLIGHT = 3
    callback = desk.callback()
    desk.sink.hold()
    desk.put(callback, 30)
    for worker in (desk.postman, other, desk.postman, other):
        worker.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 3, "three requests")
    wait_until(lambda: desk.postman.idle() or other.idle(), "one worker to leave it to the other")
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 30, "all to arrive")
    assert desk.sink.most_under_way == 3
    assert len(desk.sink.got) == 30


def test_another_worker_goes_on_where_one_is_lost(desk: Desk, other: Postman, settings) -> None:
    """The first hangs in its requests; when its lease has lapsed, the second has all, and the first posts no more."""
    settings.CALLBACK_IN_FLIGHT = 2
    callback = desk.callback()
    desk.sink.hold()
    sent = desk.put(callback, 10)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 2, "the first worker to post")
    claim = desk.delivery(callback).claim_id

    def taken_over() -> bool:
        lapse(callback)
        other.deliver([callback.pk])
        return desk.delivery(callback).claim_id != claim

    wait_until(taken_over, "the second worker to take over")
    wait_until(lambda: desk.sink.under_way == 4, "the second worker to post the same")
    asked = watch(desk.postman)
    wait_until(lambda: asked, "the first worker to look whether it still may")
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 10, "all to be delivered")
    wait_until(lambda: desk.postman.idle() and other.idle(), "both to be done")
    assert set(desk.sink.actions) == set(sent)
    assert len(desk.sink.got) == 12


def test_what_was_delivered_by_a_worker_that_had_lost_its_lease_is_delivered(desk: Desk) -> None:
    """Its answer comes after another worker has parked the batch."""
    callback = desk.callback()
    desk.sink.hold()
    desk.put(callback)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 1, "the request")
    lapse(callback)
    Batch.objects.update(state="parked", tries=4)
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the worker to be done")
    assert desk.states(callback) == ["delivered"]


def test_a_worker_that_is_stopped_gives_its_leases_back(desk: Desk, other: Postman) -> None:
    callback = desk.callback()
    desk.sink.hold()
    desk.put(callback, 2)
    other.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 2, "requests under way")
    other.stop(patience=0.1)
    assert desk.delivery(callback).lease_until is None
    desk.sink.let_go()
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"] * 2


def test_a_fault_of_ours_ends_a_delivery_and_the_sweep_begins_anew(desk: Desk, monkeypatch) -> None:
    callback = desk.callback()
    faults = [KeyError("a fault in a test")]

    def sign(*_):
        if faults:
            raise faults.pop()
        return {}

    monkeypatch.setattr("callbacks.delivery.posting.sign", sign)
    desk.put(callback)
    desk.deliver(callback)
    assert desk.sink.got == []
    assert sweep.due(timezone.now()) == [callback.pk]
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"]
