"""A host whose clock is wrong sends nothing, neither late nor early, and says so; times to live are the database's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from fleets.storage import clock
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking.ask import request_action
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from remotes.words import codes
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import one_is_enough

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HostIs = Callable[[timedelta], None]


@pytest.fixture
def host_is_off(host_is_off: HostIs, monkeypatch: pytest.MonkeyPatch) -> HostIs:
    """And it is known at once, as a few seconds later it would be anyway."""
    monkeypatch.setattr(clock, "_reading", None)

    def set_off(by: timedelta) -> None:
        host_is_off(by)
        clock.look()

    return set_off


def ask(yard: Yard) -> RemoteAction:
    one_is_enough(yard.fleet)
    return request_action(yard.vehicle, Remote(REMOTE_TYPES["Immobilization"], {"activate": True}))


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


@pytest.mark.parametrize("by", [MINUTE, -MINUTE, timedelta(seconds=3)])
def test_it_sends_nothing_and_says_so_until_the_clock_is_right(
    yard: Yard, cloud: Cloud, host_is_off: HostIs, by: timedelta
) -> None:
    host_is_off(by)
    action = dispatched(ask(yard))
    seconds = round(abs(by.total_seconds()))
    assert (action.state, action.why, cloud.posted) == ("queued", Why(codes.CLOCK_OFF, seconds=seconds), [])
    host_is_off(timedelta(0))
    assert (dispatched(action).state, len(cloud.posted)) == ("accepted", 1)


@pytest.mark.parametrize("by", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_time_to_live_is_the_databases(yard: Yard, cloud: Cloud, host_is_off: HostIs, by: timedelta) -> None:
    host_is_off(by)
    action = ask(yard)
    lives = action.expires_at - datetime.now(UTC)
    assert timedelta(0) < lives < timedelta(minutes=30)
    RemoteAction.objects.update(expires_at=datetime.now(UTC) + timedelta(seconds=30))
    assert dispatched(action).state == "queued"
    RemoteAction.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert dispatched(action).state == "expired"


def test_a_clock_that_is_set_at_the_last_moment_is_seen(
    yard: Yard, cloud: Cloud, host_is_off: HostIs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back by a minute after all was asked, it would not see that the time to live is over."""
    host_is_off(timedelta(0))
    back = datetime.now(UTC) - MINUTE
    cloud.meanwhile("POST callbacks", lambda: monkeypatch.setattr(timezone, "now", lambda: back))
    action = dispatched(ask(yard))
    assert (action.state, len(cloud.callbacks), cloud.posted) == ("queued", 1, [])
    assert action.why == Why(codes.CLOCK_OFF, seconds=60)
