"""Capabilities are asked for where they are missing or old, so many a run, and what fails costs nobody's turn."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from fleets.models import Gateway, Vehicle
from fleets.sync.capabilities import refresh_all
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.simulator.conftest import start_simulator as start_simulator
from tests.simulator.driving import OTHER_OPTIONS, V3_WORLD, Simulator

from .cloud import Cloud, listed
from .conftest import Sync
from .test_capabilities import DOCUMENT


def test_a_vehicle_is_asked_once_a_day(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    cloud.capabilities = {"v1": DOCUMENT}
    assert "Capabilities: 1 read, 0 still to be read." in sync()
    van = Vehicle.objects.get()
    assert (van.can("Locking"), van.can("Horn"), van.model) == (True, False, "e-208")
    assert van.capability_document == DOCUMENT
    assert "Capabilities: 0 read" in sync()
    Vehicle.objects.update(capabilities_checked_at=timezone.now() - timedelta(days=1, minutes=1))
    cloud.capabilities = {"v1": {"remote": {}}}
    assert "Capabilities: 1 read" in sync()
    assert Vehicle.objects.get().can("Horn")


def test_an_answer_without_capabilities_leaves_what_is_known(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1), listed(2)]}
    cloud.capabilities = {"v1": DOCUMENT}
    sync()
    assert Vehicle.objects.get(upstream_id="v2").capabilities is None
    cloud.capabilities = {}
    Vehicle.objects.update(capabilities_checked_at=None)
    sync()
    assert Vehicle.objects.get(upstream_id="v1").capability_document == DOCUMENT


def test_a_brand_that_the_list_does_not_name_is_taken_from_there(sync: Sync, cloud: Cloud) -> None:
    nameless = listed(1)
    del nameless["brand"]
    cloud.fleets = {"f1": [nameless, listed(2)]}
    for _ in range(2):
        sync()
        assert [vehicle.brand for vehicle in Vehicle.objects.order_by("upstream_id")] == ["Opel", "Peugeot"]


def test_a_run_is_bounded_and_the_longest_waiting_come_first(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(n) for n in range(5)]}
    sync()
    ages = {f"v{n}": timezone.now() - timedelta(days=2 + n) for n in range(4)}
    for upstream_id, at in ages.items():
        Vehicle.objects.filter(upstream_id=upstream_id).update(capabilities_checked_at=at)
    Vehicle.objects.filter(upstream_id="v4").update(capabilities_checked_at=None)
    cloud.asked.clear()
    done = refresh_all(limit=3)
    assert (done.read, done.left) == (3, 2)
    assert cloud.asked == [f"/fleets/f1/vehicles/v{n}" for n in (4, 3, 2)]


def test_what_fails_waits_a_day_and_many_failures_end_the_run(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(n) for n in range(6)]}
    cloud.broken = {f"/fleets/f1/vehicles/v{n}" for n in (0, 2, 3, 4)}
    said = sync()
    assert "Capabilities: 1 read, 2 still to be read." in said
    assert said.count("Problem: ") == 4
    assert cloud.asked[-1] == "/fleets/f1/vehicles/v4"


FORBIDDEN = {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not this one."}


def test_one_that_is_refused_in_front_keeps_no_other_from_its_turn(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(n) for n in range(3)]}
    cloud.refused = {"/fleets/f1/vehicles/v0": (403, FORBIDDEN)}
    assert "Capabilities: 2 read, 0 still to be read." in sync()


def test_credentials_that_are_refused_end_the_run_and_blame_no_vehicle(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(n) for n in range(3)]}
    cloud.refused = {"/fleets/f1/vehicles/v0": (401, {"message": "Who?"})}
    assert "Capabilities: 0 read, 3 still to be read." in sync()


def test_a_gone_vehicle_is_not_asked_for(sync: Sync, cloud: Cloud) -> None:
    cloud.fleets = {"f1": [listed(1)]}
    sync()
    cloud.fleets = {"f1": []}
    Vehicle.objects.update(capabilities_checked_at=None)
    assert "Capabilities: 0 read, 0 still to be read." in sync()


def test_the_simulators_world_is_taken_over(
    sync: Sync, gateway: Gateway, start_simulator: Callable[..., Simulator]
) -> None:
    simulator = start_simulator(*OTHER_OPTIONS)
    gateway.base_url, gateway.client_id = f"{simulator.url}/connectedcar/v3", CLIENT_ID
    gateway.username, gateway.password = USER, PASSWORD
    gateway.save()
    world = {vehicle.vin: vehicle for fleet in V3_WORLD for vehicle in fleet.vehicles}
    assert f"lists 2 fleets with {len(world)} vehicles; vehicles: {len(world)} new" in sync()
    for vehicle in Vehicle.objects.all():
        origin = world[vehicle.vin]
        assert (vehicle.brand, vehicle.model, vehicle.upstream_id) == (origin.brand, origin.model, origin.id)
        assert vehicle.can("Locking")
        assert vehicle.can("Charging") == (origin.motorization != "Thermic")
    assert "vehicles: 0 new, 0 back, 0 gone, 0 changed." in sync()


pytestmark = pytest.mark.django_db
