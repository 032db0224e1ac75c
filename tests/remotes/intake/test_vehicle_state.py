"""After an action has ended the vehicle's status is read, also when the wake for it was lost or the reading failed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from remotes.intake.vehicle_state import OUTDATED, outdated, refresh
from remotes.models import RemoteAction
from tests.fleets.cloud import Cloud, listed
from tests.remotes.conftest import Notify, Yard, event
from tests.world import make_vehicle


@pytest.fixture
def cloud(yard: Yard) -> Iterator[Cloud]:
    cloud = Cloud()
    cloud.fleets = {"f1": [listed(1)]}
    yard.gateway.base_url = cloud.base_url
    yard.gateway.save()
    yield cloud
    cloud.close()


def ended(yard: Yard, *, ago: float = 30, **values: object) -> None:
    """An action that upstream has ended so many seconds ago."""
    at = timezone.now() - timedelta(seconds=ago)
    yard.action(None, **{"state": "done", "status": "Success", "status_stage": 3, "finished_at": at, **values})


def read_at(yard: Yard) -> datetime | None:
    yard.vehicle.refresh_from_db()
    return yard.vehicle.state_read_at


@pytest.mark.parametrize("remote_type", ["State", "WakeUp", "Locking"])
def test_a_lost_wake_is_made_good(yard: Yard, cloud: Cloud, notify: Notify, remote_type: str) -> None:
    action = yard.action("a1", remote_type=remote_type, payload={"action": "state"})
    assert outdated() == set()
    notify(event("Success", done=True))
    type(action).objects.update(finished_at=timezone.now() - timedelta(seconds=30))
    assert outdated() == {yard.vehicle.pk}
    refresh(yard.vehicle.pk)
    assert read_at(yard) is not None
    assert yard.vehicle.state["odometer"] == {"mileage": 12}
    assert outdated() == set()


def test_an_earlier_action_that_ends_later_counts(yard: Yard) -> None:
    ended(yard, ago=30)
    yard.action("a2", remote_type="Horn")
    yard.vehicle.state_read_at = timezone.now() - timedelta(seconds=60)
    yard.vehicle.save()
    assert outdated() == {yard.vehicle.pk}


def test_a_reading_that_fails_is_repeated_while_it_is_worth_it(yard: Yard, cloud: Cloud) -> None:
    ended(yard, ago=30)
    cloud.broken = {"/fleets/f1/vehicles/v1/status"}
    refresh(yard.vehicle.pk)
    assert read_at(yard) is None
    assert outdated() == {yard.vehicle.pk}
    type(yard.vehicle.remote_actions.get()).objects.update(finished_at=timezone.now() - timedelta(minutes=16))
    assert outdated() == set()


@pytest.mark.parametrize("values", [{"ago": 2}, {"status_stage": 2, "status": "Failed"}])
def test_fresh_ends_and_ends_of_our_own_need_no_reading(yard: Yard, values: dict[str, float]) -> None:
    ended(yard, **values)
    assert outdated() == set()


def test_a_gone_vehicle_is_left_alone(yard: Yard) -> None:
    ended(yard)
    yard.vehicle.gone_at = timezone.now()
    yard.vehicle.save()
    assert outdated() == set()


def test_an_older_answer_does_not_replace_a_newer_one(yard: Yard, cloud: Cloud) -> None:
    later = timezone.now() + timedelta(seconds=5)
    yard.vehicle.state, yard.vehicle.state_read_at = {"odometer": {"mileage": 13}}, later
    yard.vehicle.save()
    refresh(yard.vehicle.pk)
    assert read_at(yard) == later
    assert yard.vehicle.state["odometer"] == {"mileage": 13}


def test_a_fleet_that_is_not_at_the_gateway_gives_no_state(yard: Yard) -> None:
    yard.upstream.delete()
    refresh(yard.vehicle.pk)
    assert read_at(yard) is None


def test_the_look_reads_a_few_rows_a_vehicle_by_the_index(yard: Yard) -> None:
    vehicles = [yard.vehicle, *(make_vehicle(yard.fleet, upstream_id=f"other{n}") for n in range(49))]
    given = {"fleet": yard.fleet, "gateway": yard.gateway, "remote_type": "Horn", "payload": {}}
    given["expires_at"] = timezone.now()
    RemoteAction.objects.bulk_create([RemoteAction(vehicle=each, **given) for each in vehicles for _ in range(40)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE fleets_vehicle, remotes_remoteaction")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {OUTDATED}", [4, 3, timezone.now(), timezone.now(), 500])
        text = "\n".join(line for (line,) in cursor.fetchall())
    assert "action_history" in text
    assert "Sort" not in text.partition("action_history")[2]
