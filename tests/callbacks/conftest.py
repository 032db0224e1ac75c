"""A fleet with a callback to a server of ours, and a worker's postman that delivers to it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from callbacks.delivery import sweep
from callbacks.delivery.postman import Postman
from callbacks.models import Batch, Callback, Delivery
from callbacks.outbox import Entry, put
from fleets.models import Fleet
from tests.callbacks.outbox_world import make_callback, make_event
from tests.callbacks.sink import Sink
from tests.waiting import wait_until
from tests.world import make_fleet


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def fleet(transactional_db: None) -> Fleet:
    return make_fleet()


@pytest.fixture
def postman(transactional_db: None) -> Iterator[Postman]:
    postman = Postman()
    yield postman
    postman.stop(patience=1)


@pytest.fixture
def other(transactional_db: None) -> Iterator[Postman]:
    """A second worker."""
    postman = Postman()
    yield postman
    postman.stop(patience=1)


def lapse(callback: Callback) -> None:
    """The worker's lease is over, as if it had not been heard of for long."""
    Delivery.objects.filter(pk=callback.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


class Desk:
    """What a test does with callbacks: put events in, have them delivered, look at what is left."""

    def __init__(self, fleet: Fleet, sink: Sink, postman: Postman) -> None:
        self.fleet, self.sink, self.postman = fleet, sink, postman

    def callback(self, **parts: Any) -> Callback:
        return make_callback(self.fleet, **{"target": self.sink.url, **parts})

    def put(self, callback: Callback, count: int = 1, vehicle: int | None = None, **values: Any) -> list[str]:
        """Put events in; gives the ids of their actions."""
        events = [make_event(**values) for _ in range(count)]
        put(callback, [Entry(event, vehicle) for event in events])
        return [event["remoteActionId"] for event in events]

    def deliver(self, *callbacks: Callback) -> None:
        """Have the postman do all that is due, and wait until it is idle."""
        self.postman.deliver([callback.pk for callback in callbacks])
        wait_until(lambda: self.postman.idle(), "the postman to be done")

    def next_try(self, *callbacks: Callback) -> None:
        """Let the time until the next try go by, and deliver."""
        waiting = Batch.objects.filter(callback__in=callbacks, state=Batch.State.WAITING)
        waiting.update(due_at=timezone.now())
        self.deliver(*callbacks)

    def until(self, callback: Callback, condition: Callable[[], object], what: str, seconds: float = 15) -> None:
        """Do what the sweep does, until the condition is true."""

        def look() -> object:
            self.postman.deliver(sweep.due(timezone.now()))
            return condition()

        wait_until(look, what, seconds)

    def let_look(self, callback: Callback) -> None:
        """Wait until the worker that has requests to the callback under way has looked for news."""
        for _ in range(2):
            before = self.delivery(callback).lease_until
            wait_until(lambda: self.delivery(callback).lease_until != before, "another look")  # noqa: B023

    def states(self, callback: Callback) -> list[str]:
        return list(Batch.objects.filter(callback=callback).order_by("pk").values_list("state", flat=True))

    def batch(self, callback: Callback) -> Batch:
        """Its only batch."""
        return Batch.objects.get(callback=callback)

    def delivery(self, callback: Callback) -> Delivery:
        return Delivery.objects.get(pk=callback.pk)


@pytest.fixture
def desk(fleet: Fleet, sink: Sink, postman: Postman) -> Desk:
    return Desk(fleet, sink, postman)
