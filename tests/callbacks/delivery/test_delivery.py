"""What is put into a callback's outbox is posted to its webhook, once and in order."""

import json

from callbacks.models import Attempt, Batch, Callback, Notification
from tests.callbacks.conftest import Desk
from tests.waiting import wait_until


def test_an_event_arrives_in_the_published_shape(desk: Desk) -> None:
    callback = desk.callback(attributes=[{"type": "Body", "key": "customer", "value": "42"}])
    (action,) = desk.put(callback)
    desk.deliver(callback)
    (got,) = desk.sink.got
    assert got.document["callbackId"] == callback.public_id
    assert got.document["attributes"] == [{"key": "customer", "value": "42"}]
    assert got.actions == [action]
    assert got.headers["Content-Type"] == "application/json"
    assert desk.states(callback) == ["delivered"]
    assert not Notification.objects.exists()


def test_each_attempt_is_a_row(desk: Desk) -> None:
    callback = desk.callback()
    desk.put(callback)
    desk.deliver(callback)
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.number, attempt.error) == (200, 1, "")
    assert attempt.duration_ms < 5000


def test_without_batches_each_event_is_its_own_request(desk: Desk) -> None:
    callback = desk.callback()
    actions = desk.put(callback, 5)
    desk.deliver(callback)
    assert [got.actions for got in sorted(desk.sink.got, key=lambda got: got.actions)] == [[a] for a in actions]


def test_a_vehicles_events_arrive_in_order(desk: Desk) -> None:
    callback = desk.callback()
    sent = {vehicle: desk.put(callback, 20, vehicle=vehicle) for vehicle in (1, 2, 3)}
    desk.deliver(callback)
    for actions in sent.values():
        assert [action for action in desk.sink.actions if action in actions] == actions


def test_no_more_requests_are_under_way_than_the_cap(desk: Desk, settings) -> None:
    settings.CALLBACK_IN_FLIGHT = 7
    callback = desk.callback()
    desk.sink.hold()
    desk.put(callback, 30)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 7, "seven requests under way")
    desk.sink.let_go()
    wait_until(lambda: len(desk.sink.got) == 30, "all to arrive")
    assert desk.sink.most_under_way == 7


def test_what_comes_while_it_delivers_goes_too(desk: Desk) -> None:
    callback = desk.callback()
    desk.sink.hold()
    desk.put(callback)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 1, "the first to be under way")
    desk.put(callback)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 2, "the second beside it")
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 2, "both to be delivered")


def test_a_paused_callback_gets_nothing_until_it_is_resumed(desk: Desk) -> None:
    from callbacks.status import pause, resume

    callback = desk.callback()
    pause(callback)
    actions = desk.put(callback, 3, vehicle=1)
    desk.deliver(callback)
    assert desk.sink.got == []
    assert not Batch.objects.exists()
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == actions


def test_the_target_is_read_at_each_try(desk: Desk) -> None:
    callback = desk.callback(target="http://127.0.0.1:9/nobody", retryPolicy={"policy": "Always"})
    desk.put(callback)
    desk.deliver(callback)
    assert desk.sink.got == []
    moved = json.loads(json.dumps(callback.subscribe))
    moved["callback"]["webhook"]["target"] = desk.sink.url
    Callback.objects.filter(pk=callback.pk).update(target=desk.sink.url, subscribe=moved)
    desk.next_try(callback)
    assert desk.states(callback) == ["delivered"]
