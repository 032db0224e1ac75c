"""One worker at a time delivers to a callback: what it does late, or after it has lost its lease, changes nothing."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from callbacks.delivery import sweep, turns
from callbacks.delivery.policy import LIFE
from callbacks.delivery.postman import Postman
from callbacks.delivery.turns import LEASE
from callbacks.models import Attempt, Batch, Callback, Delivery
from callbacks.replay import replay
from callbacks.status import fail, pause
from fleets.models import Fleet
from tests.callbacks.conftest import Desk, lapse
from tests.callbacks.outbox_world import make_batch, make_callback, make_notification
from tests.waiting import wait_until
from tests.workers import HoldUp, Worker

LATER = {"policy": "Always", "retryDelay": 3600}


def under_way(desk: Desk, callback: Callback, number: int = 1, **values: int) -> list[str]:
    """Requests with an event each that the subscriber has got and not answered; gives the ids of their actions."""
    desk.sink.hold()
    sent = desk.put(callback, number, **values)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way, "a request")
    return sent


class KeptLocked:
    """The rows of batches, locked by somebody else until `let_go`."""

    def __init__(self) -> None:
        self._locked, self._free = Event(), Event()
        self._worker = Worker(self._keep)
        assert self._locked.wait(30)

    def let_go(self) -> None:
        self._free.set()
        self._worker.result()

    def _keep(self) -> None:
        with transaction.atomic():
            list(Batch.objects.select_for_update())
            self._locked.set()
            assert self._free.wait(30)


def test_nothing_is_posted_in_the_last_seconds_of_a_lease(desk: Desk, settings) -> None:
    """A request that outlives the lease would run beside the same one of whoever takes over."""
    timeout, callback = settings.CALLBACK_TIMEOUT, desk.callback()
    first, second = under_way(desk, callback, 2, vehicle=1)
    # From the next turn on no lease is long enough for a request.
    settings.CALLBACK_TIMEOUT = LEASE
    desk.let_look(callback)
    desk.sink.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered", "waiting"], "the first to be delivered")
    desk.let_look(callback)
    assert desk.sink.actions == [first]
    settings.CALLBACK_TIMEOUT = timeout
    wait_until(lambda: desk.states(callback) == ["delivered"] * 2, "the second to be delivered")
    assert desk.sink.actions == [first, second]


def test_a_lease_that_another_worker_holds_is_left_to_it(desk: Desk, other: Postman) -> None:
    callback = desk.callback()
    under_way(desk, callback)
    claim = desk.delivery(callback).claim_id
    other.deliver([callback.pk])
    wait_until(lambda: other.idle() or desk.delivery(callback).claim_id != claim, "the second worker to look")
    assert desk.delivery(callback).claim_id == claim
    assert len(desk.sink.got) == 1


def test_a_worker_that_lost_its_lease_gives_nobody_elses_back(desk: Desk, other: Postman) -> None:
    callback = desk.callback()
    under_way(desk, callback)
    lapse(callback)
    before = desk.delivery(callback).claim_id
    other.deliver([callback.pk])
    wait_until(lambda: desk.sink.under_way == 2, "the second worker to post the same")
    claim = desk.delivery(callback).claim_id
    assert claim not in (None, before)
    desk.postman.stop(patience=0.1)
    assert desk.delivery(callback).claim_id == claim


def test_the_late_failure_of_a_worker_that_lost_its_lease_leaves_what_was_delivered(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=LATER)
    under_way(desk, callback)
    Batch.objects.update(state="delivered", tries=1, delivered_at=timezone.now())
    desk.sink.behave = lambda _: 500
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the worker to be done")
    assert desk.states(callback) == ["delivered"]
    assert list(Attempt.objects.values_list("status", flat=True)) == [500]


def test_what_was_posted_is_not_fetched_again_before_its_result_is_written(desk: Desk) -> None:
    callback = desk.callback()
    under_way(desk, callback)
    locked = KeptLocked()
    # There before the answer is: the worker would leave, and wait for its result to be written.
    (later,) = desk.put(callback)
    desk.sink.let_go()
    desk.postman.deliver([callback.pk])
    wait_until(lambda: later in desk.sink.actions, "another one to arrive")
    locked.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"] * 2, "both to be delivered")
    assert len(desk.sink.got) == 2


def test_the_lease_is_kept_until_all_results_are_written(desk: Desk, other: Postman) -> None:
    callback = desk.callback()
    under_way(desk, callback)
    locked = KeptLocked()
    desk.sink.let_go()
    wait_until(lambda: not desk.sink.under_way, "the answer")
    # The second worker would find the batch as one that waits.
    for _ in range(30):
        other.deliver([callback.pk])
        wait_until(other.idle, "the second worker to look")
    assert len(desk.sink.got) == 1
    locked.let_go()
    wait_until(lambda: desk.states(callback) == ["delivered"], "it to be delivered")


def test_two_never_form_batches_of_the_same_events(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hourly clearing away ends old events while a worker is about to form them."""
    callback = make_callback(fleet)
    make_notification(callback, created_at=timezone.now() - LIFE - timedelta(minutes=1))
    claim = turns.acquire(callback.pk)
    assert claim
    hold_up = HoldUp(monkeypatch, "callbacks.delivery.forming.cut")
    clearing = Worker(sweep.prune)
    hold_up.until_reached()
    turns.take_turn(callback.pk, claim, [], 10, timezone.now())
    hold_up.let_go()
    with pytest.raises(RuntimeError, match="Two workers"):
        clearing.result()
    assert Batch.objects.count() == 1


def test_a_replay_leaves_what_another_has_put_back_meanwhile(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    batch = make_batch(callback, state="parked", tries=4)
    with transaction.atomic():
        Batch.objects.select_for_update().get()
        replaying = Worker(lambda: replay(callback, Batch.objects.all())).until_it_waits()
        # Put back by somebody else, and tried once since.
        Batch.objects.update(state="waiting", tries=1)
    assert replaying.result() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.tries) == ("waiting", 1)


# What a person does while a request is under way.


def test_who_pauses_a_callback_is_not_overruled_by_an_address_that_is_gone(desk: Desk) -> None:
    callback = desk.callback()
    under_way(desk, callback)
    pause(callback, "Paused by Ada.")
    desk.sink.behave = lambda _: 410
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the worker to be done")
    callback.refresh_from_db()
    assert (callback.status, callback.status_reason) == ("Paused", "Paused by Ada.")


@pytest.mark.parametrize("meanwhile", ["Paused", "Running"])
def test_a_success_makes_running_what_is_failed_and_nothing_that_is_paused(desk: Desk, meanwhile: str) -> None:
    """A probe is under way; or a first try, while others have made the callback Failed."""
    callback = desk.callback(retryPolicy=LATER)
    Delivery.objects.create(callback=callback, failing_since=timezone.now(), probe_at=timezone.now())
    if meanwhile == "Paused":
        fail(callback, "It was not there.")
    under_way(desk, callback)
    if meanwhile == "Paused":
        pause(callback, "Paused by Ada.")
    else:
        fail(callback, "It was not there.")
    desk.sink.let_go()
    wait_until(desk.postman.idle, "the worker to be done")
    callback.refresh_from_db()
    assert callback.status == meanwhile
