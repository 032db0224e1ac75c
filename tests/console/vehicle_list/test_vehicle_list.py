"""The list of a fleet's vehicles: each filter, alone and with others, and what it leads to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.vehicle_list.listing import COUNT_LIMIT, PAGE_SIZE
from console.vehicle_list.matching import filter_of
from fleets.models import Vehicle
from fleets.vehicles.state import state_rows
from remotes.finding.vehicles import NotUnderstood
from tests.console.conftest import World
from tests.console.vehicle_list.vehicle_lists import html_of, next_query, shown, walk
from tests.world import make_action, make_event, make_fleet, make_vehicle


def state(level: float | None = None, locks: list[Any] | None = None, kind: str = "Electric") -> dict[str, Any]:
    """A vehicle's status with a charge and its locks."""
    energies = [] if level is None else [{"type": kind, "level": level}]
    return {"energies": energies, "doorsState": {"lockedStates": locks or []}}


@pytest.fixture
def cars(world: World) -> dict[str, Vehicle]:
    """Beside Van 1, a Peugeot e-Expert of which nothing is known."""
    lyon = world.lyon
    return {
        "full": make_vehicle(
            lyon, "Full", brand="Peugeot", model="e-208", motorization="Electric", state=state(90, ["Locked"])
        ),
        "empty": make_vehicle(
            lyon, "Empty", brand="Peugeot", model="e-208", motorization="Electric", state=state(9.5, ["Unlocked"])
        ),
        "diesel": make_vehicle(
            lyon,
            "Diesel",
            brand="Citroën",
            model="Jumpy",
            motorization="Thermic",
            gone_at=timezone.now(),
            capabilities=["Locking", "Horn"],
            state=state(19, ["SuperLocked", "TrunkLocked"], "Fuel"),
        ),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("model=e-208", ["Empty", "Full"]),
        ("model=Jumpy", ["Diesel"]),
        ("model=Boxer", []),
        ("energy=Thermic", ["Diesel"]),
        ("energy=Electric", ["Empty", "Full", "Van 1"]),
        ("below=10", ["Empty"]),
        ("below=20", ["Diesel", "Empty"]),
        ("doors=locked", ["Diesel", "Full"]),
        ("doors=unlocked", ["Empty"]),
        ("listed=no", ["Diesel"]),
        ("listed=yes", ["Empty", "Full", "Van 1"]),
        ("can=Locking", ["Diesel", "Empty", "Full", "Van 1"]),
        ("can=Charging", ["Empty", "Full", "Van 1"]),
        ("below=20&doors=locked", ["Diesel"]),
        ("q=full&model=e-208", ["Full"]),
        ("q=full&below=10", []),
        ("", ["Diesel", "Empty", "Full", "Van 1"]),
    ],
)
def test_filters_narrow_the_list(camille: Client, world: World, cars: Any, query: str, names: list[str]):
    assert shown(camille, world.lyon, query) == names
    assert sorted(str(vehicle) for vehicle in filter_of(world.lyon, query).of(world.lyon)) == names


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"state": "done", "status": "Success"}, "succeeded"),
        ({"state": "done", "status": "AlreadyDone"}, "succeeded"),
        ({"state": "done", "status": "Failed", "failure_cause": "DoorsOpen"}, "failed"),
        ({"state": "expired", "status": "Failed", "failure_cause": "GeneralError"}, "failed"),
        ({"state": "cancelled", "status": "Failed", "finished_at": timezone.now()}, "cancelled"),
        ({"state": "queued"}, "open"),
        ({"state": "waiting-approval"}, "open"),
        ({"state": "accepted", "status": "SentToVehicle"}, "open"),
        ({"state": "unknown"}, "unknown"),
        (None, "none"),
    ],
)
def test_the_last_action_is_a_filter(camille: Client, world: World, values: Any, outcome: str):
    other = "succeeded" if outcome != "succeeded" else "failed"
    make_action(world.van, state="done", status="Success" if other == "succeeded" else "Failed")
    car = make_vehicle(world.lyon, "Car")
    if values:
        make_action(car, state="done", status="Failed" if outcome == "succeeded" else "Success")
        make_action(car, **values)
    assert shown(camille, world.lyon, f"outcome={outcome}") == ["Car"]
    assert shown(camille, world.lyon, f"outcome={other}") == ["Van 1"]


def test_the_cause_of_the_last_failure_is_a_filter(camille: Client, world: World):
    make_action(world.van, state="done", status="Failed", failure_cause="DoorsOpen")
    car = make_vehicle(world.lyon, "Car")
    make_action(car, state="done", status="Failed", failure_cause="DoorsOpen")
    make_action(car, state="done", status="Failed", failure_cause="VehicleInUse")
    make_vehicle(world.lyon, "Never asked")
    page = html_of(camille, world.lyon, "cause=DoorsOpen")
    assert "A door was open." in page
    assert shown(camille, world.lyon, "cause=DoorsOpen") == ["Van 1"]
    assert shown(camille, world.lyon, "cause=VehicleInUse") == ["Car"]
    assert shown(camille, world.lyon, "cause=DoorsOpen&outcome=succeeded") == []


def test_what_was_heard_of_lately_is_awake(camille: Client, world: World):
    for label, minutes in (("Just now", 1), ("An hour ago", 60)):
        heard = make_event(make_action(make_vehicle(world.lyon, label), state="done", status="Success"), "Success")
        heard.effective_at = timezone.now() - timedelta(minutes=minutes)
        heard.save()
    waking = make_action(world.van, state="accepted", status="WakingUpVehicle")
    make_event(waking, "WakingUpVehicle")
    assert shown(camille, world.lyon, "awake=yes") == ["Just now"]
    assert shown(camille, world.lyon, "awake=no") == ["An hour ago", "Van 1"]
    make_event(waking, "SentToVehicle", after=1)
    assert shown(camille, world.lyon, "awake=yes") == ["Just now", "Van 1"]


@pytest.mark.parametrize(
    ("document", "level", "locked"),
    [
        ({}, None, None),
        (state(50, ["Locked", "TrunkUnLocked"]), 50, False),
        ({"energies": [{"type": "Fuel", "level": 40}, {"type": "Electric", "level": 12.34}]}, 12.3, None),
        ({"energies": [{"type": "Electric"}, {"type": "Fuel", "level": 40}]}, 40, None),
        ({"energies": [{"type": "Electric", "level": 1e200}]}, None, None),
        ({"energies": [{"type": "Electric", "level": "50"}], "doorsState": {"lockedStates": [1, None]}}, None, None),
        ({"energies": 7, "doorsState": []}, None, None),
        ([], None, None),
    ],
)
def test_the_database_reads_a_state_as_the_page_does(world: World, document: Any, level: Any, locked: Any):
    vehicle = make_vehicle(world.lyon, "Car", state=document)
    vehicle.refresh_from_db()
    assert (vehicle.energy_level if level is None else float(vehicle.energy_level)) == level
    assert vehicle.is_locked is locked
    doors = next((row.tone for row in state_rows(document) if row.key == "doors"), None)
    assert {"ok": True, "warn": False, None: None}[doors] is locked


@pytest.mark.parametrize(
    ("document", "heard"),
    [
        ({"updatedAt": "2026-11-21T12:00:00.250Z", "createdAt": "2026-01-01T00:00:00Z"}, "2026-11-21T12:00:00.250000"),
        ({"updatedAt": "2026-11-21T12:00:00+02:00"}, "2026-11-21T10:00:00"),
        ({"createdAt": "2026-11-21T12:00:00"}, "2026-11-21T12:00:00"),
        ({"updatedAt": "soon", "createdAt": "2026-11-21T12:00:00Z"}, "2026-11-21T12:00:00"),
        ({"updatedAt": "2026-02-30T25:00:00Z"}, None),
        ({"updatedAt": "9999-12-31T23:59:59-12:00"}, None),
        ({"updatedAt": 5}, None),
        ({}, None),
    ],
)
def test_the_database_reads_when_a_vehicle_was_heard(world: World, document: Any, heard: str | None):
    vehicle = make_vehicle(world.lyon, "Car", state=document)
    vehicle.refresh_from_db()
    assert (vehicle.heard_at and vehicle.heard_at.isoformat()) == (heard and f"{heard}+00:00")


@pytest.mark.parametrize(
    "query", ["below=0", "below=x", "outcome=nice", "energy=Steam", "q=" + "a" * 101, "q=%00", "doors=open", "sort=x"]
)
def test_what_cannot_be_read_stands_for_no_vehicles(camille: Client, world: World, query: str):
    with pytest.raises(NotUnderstood):
        filter_of(world.lyon, query)
    page = html_of(camille, world.lyon, query)
    if query != "sort=x":
        assert 'class="field-error"' in page
        assert 'name="all"' not in page


def test_the_count_is_cut(camille: Client, world: World):
    gateway = world.van.gateway
    Vehicle.objects.bulk_create(
        Vehicle(fleet=world.lyon, gateway=gateway, upstream_id=f"x{number}", vin=f"VF3ABCDE0XX{number:06}")
        for number in range(COUNT_LIMIT)
    )
    page = html_of(camille, world.lyon)
    assert f"More than {COUNT_LIMIT:,} vehicles" in page
    assert "1 vehicle<" in html_of(camille, world.lyon, "q=Van+1")
    assert len(walk(camille, world.lyon, "q=VF3ABCDE0XX00")[0]) == PAGE_SIZE


def test_pages_keep_filters_order_and_columns(camille: Client, world: World):
    for number in range(PAGE_SIZE + 3):
        make_vehicle(world.lyon, f"Car {number}", model="e-208")
    query = "q=car&model=e-208&sort=-name&col=plate&col=doors"
    first = html_of(camille, world.lyon, query)
    assert shown(camille, world.lyon, query)[:2] == ["Car 52", "Car 51"]
    following = next_query(first)
    assert following.startswith(query + "&after=")
    second = html_of(camille, world.lyon, following)
    everything = [name for page in walk(camille, world.lyon, query) for name in page]
    assert everything == [f"Car {number}" for number in range(52, -1, -1)]
    assert f"?{query.replace('&', '&amp;')}" in second
    assert "More vehicles" not in second


def test_numbers_in_names_count_as_numbers(camille: Client, world: World):
    for number, label in enumerate(("", "van 10", "Van 2", "Van 1 b", "Van 007", "A 100000000000000000000000"), 10):
        make_vehicle(world.lyon, label, vin=f"VF3ABCDE0ZZ{number:06}")
    names = ["A 100000000000000000000000", "Van 1", "Van 1 b", "Van 2", "Van 007", "van 10", "VF3ABCDE0ZZ000010"]
    assert shown(camille, world.lyon) == names


def test_columns_are_chosen(camille: Client, world: World, cars: Any):
    usual = html_of(camille, world.lyon)
    assert world.van.vin in usual
    assert "Last action</a>" in usual
    assert "Unlocked</span>" not in usual
    page = html_of(camille, world.lyon, "col=doors&col=energy&col=heard")
    assert '<td class="vin">' not in page
    assert "Last action</a>" not in page
    for title in ("Energy", "Doors", "Last heard"):
        assert f"{title}</a></th>" in page or f"{title}</th>" in page
    assert '<span class="warn">Unlocked</span>' in page


def test_a_vehicle_that_is_gone_has_a_badge(camille: Client, world: World, cars: Any):
    assert html_of(camille, world.lyon).count('<span class="badge warn">No longer listed</span>') == 1


def test_htmx_is_told_the_short_address(camille: Client, world: World):
    path = f"/fleets/{world.lyon.public_id}"
    query = "q=van&model=&energy=&below=&doors=&sort=name&col=vin&col=plate&col=model&col=marks&col=level&col=action"
    answer = camille.get(f"{path}?{query}", headers={"HX-Request": "true"})
    assert answer.headers["HX-Replace-Url"] == f"{path}?q=van"
    assert camille.get(f"{path}?q=", headers={"HX-Request": "true"}).headers["HX-Replace-Url"] == path


def test_managers_choose_vehicles_for_a_bulk_command(camille: Client, world: World, cars: Any):
    page = html_of(camille, world.lyon, "model=e-208&sort=-name")
    assert f'action="/fleets/{world.lyon.public_id}/bulk/new"' in page
    assert f'name="vehicle" value="{cars["full"].public_id}"' in page
    assert 'name="view" value="model=e-208"' in page
    one = camille.post(f"/fleets/{world.lyon.public_id}/bulk/new", {"vehicle": cars["full"].public_id, "view": "x=y"})
    assert "One command for 1 vehicle" in one.content.decode()
    both = camille.post(f"/fleets/{world.lyon.public_id}/bulk/new", {"all": "yes", "view": "model=e-208"})
    assert "One command for 2 vehicles" in both.content.decode()


def test_viewers_choose_nothing(viktor: Client, world: World):
    page = html_of(viktor, world.lyon)
    assert "Van 1" in page
    assert 'name="vehicle"' not in page
    assert "/bulk/new" not in page


def test_the_models_of_the_fleet_are_offered(camille: Client, world: World, cars: Any):
    make_vehicle(make_fleet("Bordeaux"), "Elsewhere", model="Boxer")
    page = html_of(camille, world.lyon, "model=Gone+model")
    for option in ("Peugeot e-208", "Citroën Jumpy"):
        assert f">{option}</option>" in page
    assert "Boxer" not in page
    assert '<option value="Gone model" selected>Gone model</option>' in page


def test_nothing_found_leads_back(camille: Client, world: World):
    page = html_of(camille, world.lyon, "doors=locked")
    assert "No vehicle matches all of this" in page
    assert "?view=all" in page
    assert shown(camille, world.lyon, "view=all") == ["Van 1"]
