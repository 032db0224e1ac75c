"""The kill switch: nothing is sent until it is lifted, and then what waited is resumed or cancelled."""

from django.utils import timezone

from fleets.models import AuditEntry
from remotes.asking import kill_switch
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_fleet, make_person


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def test_nothing_is_sent_while_the_fleet_is_stopped(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    assert (action.state, action.detail) == ("queued", "Sending is stopped: Strange commands.")
    assert cloud.posted == []
    assert list(kill_switch.waiting(yard.fleet.pk)) == [action]
    assert kill_switch.lift(stopped, camille, cancel_waiting=False) == 1
    assert dispatched(action).state == "accepted"


def test_what_waits_can_be_cancelled_instead(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    assert kill_switch.lift(stopped, camille, cancel_waiting=True) == 1
    assert dispatched(action).state == "cancelled"
    assert cloud.posted == []


def test_a_stop_of_all_fleets_holds_for_each(yard: Yard, cloud: Cloud) -> None:
    root = make_person("root", is_superuser=True)
    stopped = kill_switch.stop(None, root, "Drill.")
    assert dispatched(yard.action(None)).detail == "Sending is stopped for all fleets: Drill."
    assert kill_switch.active_stop(make_fleet("Paris").pk) == stopped
    assert cloud.posted == []


def test_another_fleet_goes_on(yard: Yard, cloud: Cloud) -> None:
    paris = make_fleet("Paris")
    kill_switch.stop(paris, make_person("camille", paris), "Strange commands.")
    assert dispatched(yard.action(None)).state == "accepted"


def test_a_second_stop_changes_nothing(yard: Yard) -> None:
    camille = make_person("camille", yard.fleet)
    first = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    assert kill_switch.stop(yard.fleet, camille, "Again.") == first
    kill_switch.lift(first, camille, cancel_waiting=False)
    assert kill_switch.active_stop(yard.fleet.pk) is None
    assert AuditEntry.objects.filter(kind="operated").count() == 2


def test_times_to_live_go_on_while_it_is_stopped(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    stopped = kill_switch.stop(yard.fleet, camille, "Strange commands.")
    action = dispatched(yard.action(None))
    RemoteAction.objects.update(expires_at=timezone.now())
    kill_switch.lift(stopped, camille, cancel_waiting=False)
    assert dispatched(action).state == "expired"
    assert cloud.posted == []
