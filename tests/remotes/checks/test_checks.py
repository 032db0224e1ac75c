"""Right before an action is sent, everything is asked again: much may have changed since it was asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fleets.models import ApiClient, Membership, Vehicle
from protocol.canonical import Remote, format_time
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_fleet, make_person, one_is_enough

PAYLOADS: dict[str, dict[str, Any]] = {
    "Locking": {"state": "Unlocked"},
    "Horn": {"state": "Activated"},
    "Immobilization": {"activate": True},
    "Stolen": {"immobilization": {"activate": True}},
}


def ask(yard: Yard, remote_type: str = "Locking", **more: Any) -> RemoteAction:
    return request_action(yard.vehicle, Remote(REMOTE_TYPES[remote_type], PAYLOADS[remote_type]), **more)


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def outcome(action: RemoteAction) -> tuple[str, str, str | None]:
    return action.state, action.status, action.failure_cause


def test_a_manager_who_has_become_a_viewer_sends_nothing(yard: Yard, cloud: Cloud) -> None:
    person = make_person("camille", yard.fleet)
    action = ask(yard, user=person)
    Membership.objects.update(role="viewer")
    assert outcome(dispatched(action)) == ("done", "Failed", "MissingRights")
    assert action.detail == "Not sent: whoever asked for it may not send it any more."
    assert cloud.posted == []


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"remote_types": ["Horn"]}],
    ids=["switched off", "may send other types only"],
)
def test_a_client_that_has_lost_its_rights_sends_nothing(yard: Yard, cloud: Cloud, change: dict[str, Any]) -> None:
    client = ApiClient.objects.create(client_id="x", name="Booking", username="x")
    client.fleets.add(yard.fleet)
    action = ask(yard, api_client=client)
    ApiClient.objects.update(**change)
    assert outcome(dispatched(action)) == ("done", "Failed", "MissingRights")
    assert cloud.posted == []


def test_a_client_whose_fleet_was_taken_away_sends_nothing(yard: Yard, cloud: Cloud) -> None:
    client = ApiClient.objects.create(client_id="x", name="Booking", username="x")
    assert outcome(dispatched(ask(yard, api_client=client))) == ("done", "Failed", "MissingRights")
    assert cloud.posted == []


def test_a_vehicle_that_has_left_the_fleet_gets_nothing_from_it(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    Vehicle.objects.update(fleet=make_fleet("Paris"))
    assert outcome(dispatched(action)) == ("done", "Failed", "MissingRights")
    assert cloud.posted == []


def test_a_feature_that_the_vehicle_has_lost_is_not_sent(yard: Yard, cloud: Cloud) -> None:
    action = ask(yard)
    Vehicle.objects.update(capabilities=["Horn"])
    assert outcome(dispatched(action)) == ("done", "Failed", "WrongCommand")
    assert cloud.posted == []


def test_the_same_is_not_sent_twice_at_a_time(yard: Yard, cloud: Cloud) -> None:
    assert dispatched(ask(yard)).state == "accepted"
    assert outcome(dispatched(ask(yard))) == ("done", "Failed", "SameActionInProgress")
    assert len(cloud.posted) == 1


def moves(yard: Yard, moving: bool, minutes_ago: float) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Vehicle.objects.update(state={"kinetic": {"moving": moving, "createdAt": format_time(at)}})


@pytest.mark.parametrize("remote_type", ["Immobilization", "Stolen"])
def test_a_vehicle_known_to_move_is_not_immobilised(yard: Yard, cloud: Cloud, remote_type: str) -> None:
    one_is_enough(yard.fleet)
    moves(yard, True, 3)
    action = dispatched(ask(yard, remote_type))
    assert outcome(action) == ("done", "Failed", "VehicleInUse")
    assert action.detail == "Not sent: the vehicle was moving 3 minutes ago."
    assert cloud.posted == []


@pytest.mark.parametrize(("moving", "minutes_ago"), [(False, 1), (True, 11)], ids=["it stands", "too long ago"])
def test_a_vehicle_that_stands_or_was_not_heard_of_lately_is(
    yard: Yard, cloud: Cloud, moving: bool, minutes_ago: float
) -> None:
    one_is_enough(yard.fleet)
    moves(yard, moving, minutes_ago)
    assert dispatched(ask(yard, "Immobilization")).state == "accepted"


def test_a_fleet_says_how_old_the_knowledge_may_be(yard: Yard, cloud: Cloud) -> None:
    one_is_enough(yard.fleet, moving_minutes=60)
    moves(yard, True, 50)
    assert dispatched(ask(yard, "Immobilization")).failure_cause == "VehicleInUse"


def test_a_moving_vehicle_may_be_unlocked(yard: Yard, cloud: Cloud) -> None:
    moves(yard, True, 0)
    assert dispatched(ask(yard)).state == "accepted"
