"""A cloud that can't reach our webhook is asked what becomes of an action, soon enough for whoever watches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from remotes.sending.sweep import has_sent
from remotes.timeouts import GIVE_UP, first_poll, next_poll
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard

SECOND = timedelta(seconds=1)


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway is on this machine, so the rule (tests/fleets/test_reach.py) would say that it reaches us."""
    monkeypatch.setattr("remotes.timeouts.cannot_call_back", lambda gateway: True)


def sent(yard: Yard) -> RemoteAction:
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES["Locking"], {"state": "Unlocked"}))
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    return action


def passes(action: RemoteAction, by: timedelta) -> None:
    """So much time goes by, and what is due then is done."""
    action.refresh_from_db()
    assert action.due_at
    assert action.accepted_at
    now = timezone.now()
    later = {"due_at": action.due_at - by, "accepted_at": action.accepted_at - by}
    RemoteAction.objects.filter(pk=action.pk).update(**later)
    if has_sent(now):
        reconcile(action.pk)
    action.refresh_from_db()


@pytest.mark.usefixtures("untold")
def test_each_step_is_seen_within_seconds(yard: Yard, cloud: Cloud) -> None:
    action = sent(yard)
    for status in ("AwakeVehicle", "SentToVehicle", "Success"):
        cloud.actions["a1"]["status"] = status
        passes(action, 5 * SECOND)
        assert action.status == status
    assert action.state == "done"
    assert [event.source for event in action.events.all()] == ["poll"] * 3


def test_one_that_is_told_is_not_asked_so_soon(yard: Yard, cloud: Cloud) -> None:
    action = sent(yard)
    cloud.actions["a1"]["status"] = "Success"
    passes(action, 140 * SECOND)
    assert action.state == "accepted"
    passes(action, 15 * SECOND)
    assert action.state == "done"


@pytest.mark.usefixtures("untold")
def test_the_longer_it_takes_the_more_seldom_it_is_asked_for(yard: Yard) -> None:
    """At a tenth of its age the latest; few requests in the three days after which it is given up."""
    age, asked = first_poll(yard.gateway), 0
    assert age <= 5 * SECOND
    while age < GIVE_UP:
        asked += 1
        wait = next_poll(yard.gateway, asked, age)
        assert wait <= max(5 * SECOND, age / 10)
        age += wait
    assert asked < 400
