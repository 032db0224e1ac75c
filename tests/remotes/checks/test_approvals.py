"""What a fleet wants two pairs of eyes for is sent when a second manager has approved it."""

import pytest
from django.utils import timezone

from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.checks.approvals import NotAllowed, approve
from remotes.models import FleetRules, RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_person


@pytest.fixture
def asked(yard: Yard) -> RemoteAction:
    """An immobilisation that Camille has asked for in a fleet that wants a second manager for it."""
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Immobilization"])
    remote = Remote(REMOTE_TYPES["Immobilization"], {"activate": True})
    return request_action(yard.vehicle, remote, user=make_person("camille", yard.fleet))


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def test_it_waits_until_another_manager_approves(yard: Yard, cloud: Cloud, asked: RemoteAction) -> None:
    assert dispatched(asked).state == "waiting-approval"
    assert cloud.posted == []
    approve(asked, make_person("lea", yard.fleet))
    assert dispatched(asked).state == "accepted"


def test_who_asked_can_not_approve(asked: RemoteAction) -> None:
    assert asked.user
    with pytest.raises(NotAllowed, match="Another manager"):
        approve(asked, asked.user)


def test_a_viewer_can_not_approve(yard: Yard, asked: RemoteAction) -> None:
    with pytest.raises(NotAllowed, match="Only managers"):
        approve(asked, make_person("viktor", yard.fleet, role="viewer"))


def test_its_time_to_live_goes_on(yard: Yard, cloud: Cloud, asked: RemoteAction) -> None:
    RemoteAction.objects.update(expires_at=timezone.now())
    assert dispatched(asked).state == "expired"
    with pytest.raises(NotAllowed, match="does not wait"):
        approve(asked, make_person("lea", yard.fleet))


def test_a_rule_that_comes_later_holds_for_what_is_not_sent(yard: Yard, cloud: Cloud) -> None:
    action = yard.action(None)
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Locking"])
    assert dispatched(action).state == "waiting-approval"
    approve(action, make_person("lea", yard.fleet))
    assert dispatched(action).state == "accepted"


def test_others_of_the_vehicle_are_not_held_up(yard: Yard, cloud: Cloud, asked: RemoteAction) -> None:
    assert dispatched(yard.action(None)).state == "accepted"
