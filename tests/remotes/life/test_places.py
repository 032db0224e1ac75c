"""Destinations and positions in events go after POSITION_DAYS; what else was asked for and told stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import Vehicle
from fleets.privacy import places
from protocol.catalogue import REMOTE_TYPES
from protocol.examples import EXAMPLES
from remotes.models import BulkCommand, RemoteAction, RemoteEvent, Schedule
from remotes.tasks import prune
from tests.campaigns.bulk_world import make_bulk
from tests.campaigns.schedule_world import make_schedule
from tests.dumped import dump, places_of
from tests.world import make_action, make_event, make_fleet, make_person, make_vehicle

pytestmark = pytest.mark.django_db

THERE, BARE = EXAMPLES["Navigation"][2], {"positions": [], "driverApproval": True}
POSITION = {"vehicle.position": {"geometry": {"type": "Point", "coordinates": [4.83, 45.76]}}, "mileage": 3}


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def drive_there(vehicle: Vehicle, days: float | None) -> RemoteAction:
    """An action that has ended so many days ago; None: it is under way."""
    ended = {"state": "done", "finished_at": days_ago(days)} if days is not None else {}
    return make_action(vehicle, remote_type="Navigation", payload=THERE, **ended)


def test_destinations_of_actions_go_days_after_their_end() -> None:
    vehicle = make_vehicle(make_fleet())
    old, young, under_way, later = (drive_there(vehicle, days) for days in (31, 29, None, 31))
    prune()
    payloads = dict(RemoteAction.objects.values_list("pk", "payload"))
    assert payloads == {old.pk: BARE, young.pk: THERE, under_way.pk: THERE, later.pk: BARE}
    RemoteAction.objects.filter(pk__in=(young.pk, under_way.pk)).update(state="cancelled", finished_at=days_ago(31))
    prune()
    assert list(RemoteAction.objects.values_list("payload", flat=True)) == [BARE] * 4


def test_places_in_what_is_encrypted_beside_the_payload_go_too() -> None:
    action = drive_there(make_vehicle(make_fleet()), 31)
    action.set(extra={"attributes": [{"key": "who", "value": "a-canary-of-theirs"}], "from": POSITION})
    prune()
    action.refresh_from_db()
    assert action.extra == {"attributes": [{"key": "who", "value": "a-canary-of-theirs"}], "from": {"mileage": 3}}
    assert places_of("a-canary-of-theirs", dump()) == []


def test_what_is_walked_through_once_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SLICE", 2)
    vehicle = make_vehicle(make_fleet())
    for _ in range(5):
        drive_there(vehicle, 31)
    prune()
    assert list(RemoteAction.objects.values_list("payload", flat=True)) == [BARE] * 5
    RemoteAction.objects.update(payload=THERE)
    drive_there(vehicle, 31)
    prune()
    assert list(RemoteAction.objects.order_by("pk").values_list("payload", flat=True)) == [*[THERE] * 5, BARE]


def test_positions_in_events_go() -> None:
    action = make_action(make_vehicle(make_fleet()), state="done")
    for status, days in (("Accepted", 31), ("Success", 29)):
        event = make_event(action, status)
        RemoteEvent.objects.filter(pk=event.pk).update(received_at=days_ago(days), extra=POSITION)
    prune()
    extras = RemoteEvent.objects.order_by("pk").values_list("extra", flat=True)
    assert list(extras) == [{"mileage": 3}, POSITION]


def test_destinations_of_campaigns_go_once_they_are_over() -> None:
    fleet = make_fleet()
    person = make_person("camille", fleet)
    make_vehicle(fleet)
    bulk, live = make_bulk(fleet, person), make_schedule(fleet, person, name="live")
    ended = make_schedule(fleet, person, name="ended")
    everything = {"remote_type": "Navigation", "payload": THERE}
    BulkCommand.objects.update(**everything, state="done", started_at=days_ago(32), finished_at=days_ago(31))
    Schedule.objects.update(**everything, created_at=days_ago(40))
    Schedule.objects.filter(pk=ended.pk).update(state="ended", next_run_at=None, next_day=None)
    prune()
    assert BulkCommand.objects.get(pk=bulk.pk).payload["positions"] == []
    assert dict(Schedule.objects.values_list("pk", "payload")) == {
        live.pk: THERE,
        ended.pk: BARE,
    }


def test_an_action_whose_payload_is_gone_can_be_looked_at_on_every_page(client: Client) -> None:
    fleet = make_fleet()
    vehicle = make_vehicle(fleet)
    client.force_login(make_person("camille", fleet))
    place = f"/fleets/{fleet.public_id}/vehicles/{vehicle.public_id}"
    for name, payload in [*((name, {}) for name in REMOTE_TYPES), ("Navigation", BARE)]:
        action = make_action(vehicle, state="expired", remote_type=name, payload=payload)
        for page in (f"/actions/{action.public_id}", f"/actions/{action.public_id}/explain"):
            # What was sent well has nothing to be explained, and leads to its vehicle.
            assert client.get(place + page, follow=True).status_code == 200, name
    for page in (place, f"/fleets/{fleet.public_id}/actions", f"/fleets/{fleet.public_id}/actions.csv"):
        assert client.get(page).status_code == 200, page
