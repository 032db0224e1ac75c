"""What marks a vehicle: by its state, by our own commands, and which of the two counts."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from fleets.models import Fleet, Vehicle
from fleets.vehicles.dates import said_at
from fleets.vehicles.state import dig
from protocol.canonical.event import format_time
from remotes.finding.marks import MARKS, marks_of, own_words
from remotes.finding.vehicles import VehicleFilter
from tests.world import make_action, make_fleet, make_vehicle

NOW = timezone.now().replace(microsecond=0)


def told(minutes: int, is_stolen: bool) -> Any:
    return {"stolen": {"createdAt": format_time(NOW - timedelta(minutes=minutes)), "state": is_stolen}}


def command(vehicle: Vehicle, remote_type: str, payload: Any, minutes: int, **values: Any) -> None:
    given: dict[str, Any] = {"state": "done", "status": "Success", "finished_at": NOW - timedelta(minutes=minutes)}
    make_action(vehicle, remote_type=remote_type, payload=payload, **given | values)


def marked(vehicle: Vehicle) -> set[str]:
    """The marks of the vehicle; each is held to the filter of the same name."""
    found = Vehicle.objects.get(pk=vehicle.pk)
    marks = marks_of(found, own_words(found), said_at(dig(found.state, "stolen")), NOW)
    names = {mark.name for mark in marks} & MARKS.keys()
    filtered = {name for name in MARKS if VehicleFilter(mark=name).of(found.fleet).filter(pk=found.pk).exists()}
    assert names == filtered
    return names


@pytest.fixture
def lyon(db: None) -> Fleet:
    return make_fleet()


@pytest.mark.parametrize(
    ("remote_type", "on", "off", "mark"),
    [
        ("Immobilization", {"activate": True}, {"activate": False}, "immobilised"),
        ("Stolen", {"immobilization": {"activate": True}}, {"immobilization": {"activate": False}}, "immobilised"),
        ("Stolen", {"stolen": True}, {"stolen": False}, "stolen"),
    ],
)
def test_the_last_command_that_was_carried_out_marks(lyon: Fleet, remote_type: str, on: Any, off: Any, mark: str):
    car = make_vehicle(lyon)
    assert marked(car) == set()
    command(car, remote_type, on, 30)
    assert marked(car) == {mark}
    # Neither one that failed, nor one that is under way, nor one of another kind changes that.
    command(car, remote_type, off, 20, status="Failed", failure_cause="VehicleError")
    command(car, remote_type, off, 20, state="accepted", status="SentToVehicle", finished_at=None)
    command(car, "Stolen", {"trackingPeriod": {"running": 60}}, 20)
    command(car, "Locking", {"state": "Locked"}, 20)
    assert marked(car) == {mark}
    command(car, remote_type, off, 10, status="AlreadyDone")
    assert marked(car) == set()


def test_of_what_the_vehicle_tells_and_what_we_had_it_do_the_later_one_counts(lyon: Fleet):
    for own, word, is_later in product([True, False], repeat=3):
        car = make_vehicle(lyon, state=told(10 if is_later else 30, word))
        command(car, "Stolen", {"stolen": own}, 20)
        assert marked(car) == ({"stolen"} if (word if is_later else own) else set()), (own, word, is_later)


def test_without_a_date_whichever_says_stolen_counts(lyon: Fleet):
    for own, word in product([True, False], repeat=2):
        car = make_vehicle(lyon, state={"stolen": {"state": word}})
        command(car, "Stolen", {"stolen": own}, 20)
        assert marked(car) == ({"stolen"} if own or word else set())


def test_an_alarm_that_went_off_marks(lyon: Fleet):
    assert marked(make_vehicle(lyon, state={"alarm": {"trigger": {"type": "RoofBreakIn"}}})) == {"alarm"}
    assert marked(make_vehicle(lyon, state={"alarm": {"trigger": {"type": "NoBreakIn"}}})) == set()


def test_a_long_silence_is_told_and_found(lyon: Fleet):
    for hours in (0, 25, 80, 200):
        make_vehicle(lyon, f"{hours}", state={"updatedAt": format_time(NOW - timedelta(hours=hours))})
    make_vehicle(lyon, "never")
    found = {name: {str(car) for car in VehicleFilter(silent=name).of(lyon)} for name in ("1h", "1d", "3d", "7d")}
    assert found == {
        "1h": {"25", "80", "200", "never"},
        "1d": {"25", "80", "200", "never"},
        "3d": {"80", "200", "never"},
        "7d": {"200", "never"},
    }
    texts = {str(car): [mark.text for mark in marks_of(car, {}, None, NOW)] for car in lyon.vehicles.all()}
    assert texts == {
        "0": [],
        "25": [],
        "80": ["Not heard of for 3 days"],
        "200": ["Not heard of for 8 days"],
        "never": [],
    }


def test_what_is_plugged_in_and_what_charges_is_found(lyon: Fleet):
    for status, plugged in (("InProgress", True), ("Disconnected", True), ("Disconnected", False), (None, None)):
        charging = {"status": status, "plugged": plugged}
        state = {"energies": [{"type": "Electric", "extension": {"electric": {"charging": charging}}}]}
        make_vehicle(lyon, f"{status} {plugged}", state=state)
    wanted = {
        "plugged yes": VehicleFilter(plugged="yes"),
        "plugged no": VehicleFilter(plugged="no"),
        "charging yes": VehicleFilter(charging="yes"),
        "charging no": VehicleFilter(charging="no"),
    }
    found = {name: {str(car) for car in each.of(lyon)} for name, each in wanted.items()}
    assert found == {
        "plugged yes": {"InProgress True", "Disconnected True"},
        "plugged no": {"Disconnected False"},
        "charging yes": {"InProgress True"},
        "charging no": {"Disconnected True", "Disconnected False"},
    }
