"""The kill switch: nothing is sent until it is lifted, and then what waited is resumed or cancelled."""

from django.utils import timezone

from fleets.models import AuditEntry
from remotes import stops
from remotes.dispatch import dispatch_vehicle
from remotes.models import RemoteAction
from tests.world import make_fleet, make_person

from .cloud import Cloud
from .conftest import Yard


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def test_nothing_is_sent_while_the_fleet_is_stopped(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = stops.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    assert (action.state, action.detail) == ("queued", "Sending is stopped: Strange commands.")
    assert cloud.posted == []
    assert list(stops.waiting(yard.fleet.pk)) == [action]
    assert stops.lift(stopped, camille, cancel_waiting=False) == 1
    assert dispatched(action).state == "accepted"


def test_what_waits_can_be_cancelled_instead(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = stops.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    assert stops.lift(stopped, camille, cancel_waiting=True) == 1
    assert dispatched(action).state == "cancelled"
    assert cloud.posted == []


def test_a_stop_of_all_fleets_holds_for_each(yard: Yard, cloud: Cloud) -> None:
    root = make_person("root", is_superuser=True)
    stopped = stops.stop(None, root, "Drill.")
    assert dispatched(yard.action(None)).detail == "Sending is stopped for all fleets: Drill."
    assert stops.active_stop(make_fleet("Paris").pk) == stopped
    assert cloud.posted == []


def test_another_fleet_goes_on(yard: Yard, cloud: Cloud) -> None:
    paris = make_fleet("Paris")
    stops.stop(paris, make_person("camille", paris), "Strange commands.")
    assert dispatched(yard.action(None)).state == "accepted"


def test_a_second_stop_changes_nothing(yard: Yard) -> None:
    camille = make_person("camille", yard.fleet)
    first = stops.stop(yard.fleet, camille, "Strange commands.")
    assert stops.stop(yard.fleet, camille, "Again.") == first
    stops.lift(first, camille, cancel_waiting=False)
    assert stops.active_stop(yard.fleet.pk) is None
    assert AuditEntry.objects.filter(kind="operated").count() == 2


def test_times_to_live_go_on_while_it_is_stopped(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = stops.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    RemoteAction.objects.update(expires_at=timezone.now())
    stops.lift(stopped, camille, cancel_waiting=False)
    assert dispatched(action).state == "expired"
    assert cloud.posted == []
