"""What a state says is so, where it is empty, contradicts itself, or tells of what is not there."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from fleets.vehicles.position import position_of
from fleets.vehicles.state import facts, state_rows
from fleets.vehicles.state.others import other_values
from tests.cases import case

EARLY, LATE = "2026-11-20T11:00:00Z", "2026-11-21T11:00:00Z"


def texts(state: Any, motorization: str = "") -> dict[str, str]:
    return {row.key: row.text for row in state_rows(state, motorization)}


def charging(**values: Any) -> Any:
    return {"energies": [{"type": "Electric", "extension": {"electric": {"charging": values}}}]}


@pytest.mark.parametrize("motorization", ["Electric", ""])
def test_an_electric_car_has_no_fuel(motorization: str):
    found = texts(case("status-phantom-fuel")["status"], motorization)
    assert found["energy-Electric"] == "72 % · 196 km"
    assert "energy-Fuel" not in found


def test_a_tank_that_runs_dry_is_shown():
    dry = {"energies": [{"type": "Fuel", "level": 0, "autonomy": 0}, {"type": "Electric", "level": 0, "autonomy": 0}]}
    assert set(texts(dry, "Hybrid")) == set(texts(dry)) == {"energy-Fuel", "energy-Electric"}
    assert set(texts(dry, "Electric")) == {"energy-Electric"}
    assert set(texts(dry, "Thermic")) == {"energy-Fuel"}


def test_hydrogen_is_no_phantom():
    state = {"energies": [{"type": "Fuel", "subType": "Hydrogen", "level": 40}, {"type": "Electric", "level": 60}]}
    for motorization in ("Electric", "Hydrogen", "Hybrid", ""):
        assert set(texts(state, motorization)) == {"energy-Fuel", "energy-Electric"}


def test_a_mileage_of_nothing_is_not_known_while_the_ignition_is_off():
    state = case("status-mileage-zero")["status"]
    assert "mileage" not in texts(state)
    assert texts({"odometer": {"mileage": 0}, "ignition": {"type": "Start"}})["mileage"] == "0 km"
    assert texts({"odometer": {"mileage": -5}}) == {}


def test_the_next_charge_is_told_by_the_clocks_of_the_fleet():
    found = {
        row.key: row.text for row in state_rows(case("status-delayed-charge")["status"], zone=ZoneInfo("Asia/Tokyo"))
    }
    assert found["next-charge"] == "Next charge at 01:02 (Asia/Tokyo)"
    assert found["load"] == "15.2 kWh of 34.0 kWh"
    assert found["charging"] == "Stopped, plugged in"


@pytest.mark.parametrize("word", ["PT0S", "", None, 5])
def test_no_charge_is_planned(word: Any):
    assert "next-charge" not in texts(charging(plugged=True, nextDelayedTime=word))


def test_a_moment_and_an_unknown_word_for_the_next_charge_are_shown():
    assert "30 Nov 2026, 07:00" in texts(charging(nextDelayedTime="2026-11-30T08:00:00+01:00"))["next-charge"]
    assert texts(charging(nextDelayedTime="soon"))["next-charge"] == "Next charge: soon"


@pytest.mark.parametrize(
    ("plugged", "status", "is_plugged", "is_charging"),
    [
        (True, "Disconnected", True, False),
        (False, "InProgress", False, False),
        (False, "Disconnected", False, False),
        (True, "InProgress", True, True),
        (None, "InProgress", True, True),
        (None, "Disconnected", False, False),
        (None, "Stopped", None, False),
        (True, None, True, None),
        (None, None, None, None),
        ("yes", "Stopped", None, False),
    ],
)
def test_what_is_said_of_the_cable_is_believed(plugged: Any, status: Any, is_plugged: Any, is_charging: Any):
    told = {"plugged": plugged, "status": status}
    assert (facts.is_plugged(told), facts.is_charging(told)) == (is_plugged, is_charging)


def test_a_contradiction_is_said():
    (row,) = state_rows(charging(plugged=False, status="InProgress"))
    assert row.text == "Not plugged in"
    assert row.note == "It also says “Charging”. What it says of the cable is believed."
    (row,) = [row for row in state_rows(case("status-frozen-created-at")["status"]) if row.key == "charging"]
    assert (row.text, bool(row.note)) == ("Plugged in", True)


def test_what_goes_fast_does_not_stand():
    assert facts.is_moving({"kinetic": {"moving": False, "speed": 50}}) is True
    assert facts.is_moving({"kinetic": {"moving": False, "speed": 0}}) is False
    assert facts.is_moving({"kinetic": {"speed": 0}}) is None
    (row,) = state_rows({"kinetic": {"moving": False, "speed": 50}})
    assert (row.text, row.note) == ("50 km/h", "It also says that it stands.")


def test_of_two_places_the_one_that_was_told_last_counts():
    here, there = {"createdAt": EARLY, "moving": True}, {"createdAt": LATE, "moving": False}
    assert facts.is_moving({"kinetic": here, "_embedded": {"extension": {"kinetic": there}}}) is False
    assert facts.is_moving({"kinetic": there, "_embedded": {"extension": {"kinetic": here}}}) is False


def test_an_alarm_is_over_once_it_is_off_again():
    trigger = {"createdAt": EARLY, "type": "HoodDoorBreakIn"}
    assert facts.alarm_trigger({"alarm": {"trigger": trigger}}) == trigger
    assert facts.alarm_trigger({"alarm": {"trigger": trigger, "status": {"createdAt": LATE, "activation": "Active"}}})
    off = {"alarm": {"trigger": trigger, "status": {"createdAt": LATE, "activation": "Inactive"}}}
    assert facts.alarm_trigger(off) is None
    assert texts(off) == {"alarm-trigger": "Bonnet", "alarm": "Off"}
    assert facts.alarm_trigger({"alarm": {"trigger": {"type": "NoBreakIn"}}}) is None


@pytest.mark.parametrize("level", [-1, 250, 10**9])
def test_a_level_that_none_can_have_says_nothing(level: int):
    state = {"energies": [{"type": "Electric", "level": level, "autonomy": 90}, {"type": "Fuel", "level": level}]}
    assert texts(state | {"battery": {"voltage": level}}) == {"energy-Electric": "90 km"}


def test_what_is_no_place_on_earth_is_no_position_in_any_row():
    for coordinates in ([45.7, 200.0], [-181, 4], [4, 10**20], [4, "45"], [4], {"x": 1}):
        assert texts({"lastPosition": {"geometry": {"coordinates": coordinates}}}) == {}


def test_each_page_says_a_position_in_the_same_words():
    state = {"lastPosition": {"geometry": {"coordinates": [-4.8, 45.7]}}}
    with translation.override("fr"):
        place = position_of(state)
        assert place
        assert place.words == texts(state)["position"] == "45.7000° N, 4.8000° O"


def test_nothing_is_so_since_a_moment_after_it_was_told():
    stolen = {"stolen": {"state": True, "createdAt": EARLY, "startedAt": LATE}}
    trigger = {"type": "RoofBreakIn", "createdAt": EARLY, "startAt": "9999-12-31T23:59:59-14:00"}
    assert [row.note for row in state_rows(stolen | {"alarm": {"trigger": trigger}})] == ["", ""]
    (row,) = state_rows({"stolen": {"state": True, "createdAt": LATE, "startedAt": EARLY}})
    assert row.note.startswith("Since ")


def test_a_text_of_a_cloud_is_short_and_turns_nothing_around():
    odd = "\N{REPLACEMENT CHARACTER}"
    (row,) = state_rows({"ignition": {"type": "\u202eevil\x07" + "x" * 9000}})
    assert (row.text[:6], len(row.text)) == (f"{odd}evil{odd}", 1001)
    (other,) = other_values({"\u202e" + "k" * 9000: "\u2066"})
    assert (other.path[:2], len(other.path), other.text) == (f"{odd}k", 201, odd)
    assert len(state_rows({"energies": [{"type": "Electric", "level": 5}] * 999})) == 100
