"""Camille manages the yard's fleet and Viktor looks at it; time goes on as a test says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from alerts.sweep import sweep
from callbacks.delivery.postman import Postman
from fleets.models import Fleet
from remotes.models import Alert
from tests.callbacks.conftest import Desk
from tests.callbacks.sink import Sink
from tests.remotes.conftest import Yard, cloud, notify, yard
from tests.world import make_fleet, make_person, written

__all__ = ["cloud", "notify", "yard"]

# Why the tests' dangerous action has failed.
WHY = written("It was refused.")


class Clock:
    """The time that the code under test sees. A sweep comes once a time that the clock is set forward."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def __call__(self) -> datetime:
        return self.at

    def sweep_after(self, **span: float) -> None:
        self.at += timedelta(**span)
        sweep()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def camille(yard: Yard) -> User:
    return make_person("camille", yard.fleet, email="camille@example.com")


@pytest.fixture
def viktor(yard: Yard) -> User:
    return make_person("viktor", yard.fleet, role="viewer", email="viktor@example.com")


@pytest.fixture
def looked(yard: Yard, clock: Clock) -> None:
    """The sweep has run before; what happens from now on is news."""
    sweep()


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    """A fleet, a subscriber's server, and a worker that delivers to it."""
    sink, postman = Sink(), Postman()
    yield Desk(make_fleet(), sink, postman)
    postman.stop(patience=1)
    sink.close()


@pytest.fixture
def fleet(db: None) -> Fleet:
    return make_fleet()


def open_alerts() -> list[str]:
    return list(Alert.objects.filter(cleared_at__isnull=True).order_by("pk").values_list("kind", flat=True))


def subjects() -> list[str]:
    """Those of the mails that were sent, without what they all begin with."""
    return [message.subject.removeprefix("[FleetRemote] ") for message in mail.outbox]


def told_to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]
