"""The columns that PostgreSQL makes of a state say what the functions say, whatever a cloud has put there."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleets.models import Vehicle
from fleets.vehicles.position import position_in, position_of
from fleets.vehicles.state import facts
from tests.long_form import examples
from tests.world import make_fleet, make_vehicle

AT = st.sampled_from(["2026-11-21T11:00:00Z", "2026-11-22T11:00:00Z", "yesterday", 5])
WORDS = st.sampled_from(["", "Locked", "Disconnected"])
ODD: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-5, 5) | WORDS | st.just([])


def objects(**values: Any) -> st.SearchStrategy[Any]:
    """An object with some of these members."""
    return st.fixed_dictionaries({}, optional=values | {"createdAt": AT, "updatedAt": AT})


def parts(**values: Any) -> st.SearchStrategy[Any]:
    """The same, or what is none."""
    held = objects(**values)
    return held | held | held | ODD | st.lists(held, max_size=2)


CHARGING = parts(
    plugged=st.booleans() | ODD, status=st.sampled_from(["Disconnected", "InProgress", "Stopped", "New"]) | ODD
)
ENERGY = parts(
    type=st.sampled_from(["Electric", "Fuel"]),
    level=st.integers(-1, 101) | ODD,
    extension=parts(electric=parts(charging=CHARGING)),
)
STATES = objects(
    energies=st.lists(ENERGY, max_size=3) | ENERGY,
    doorsState=parts(lockedStates=st.lists(st.sampled_from(["Locked", "Unlocked", "Ajar"]) | ODD, max_size=3) | ODD),
    stolen=parts(state=st.booleans() | ODD),
    privacy=parts(state=st.sampled_from(["None", "Full", "Geolocation", "Mobility"]) | ODD),
    lastPosition=parts(
        geometry=parts(coordinates=st.lists(st.floats(-185, 185) | st.integers(-90, 90) | ODD, max_size=3) | ODD),
        properties=parts(),
    ),
    alarm=parts(
        trigger=parts(type=st.sampled_from(["NoBreakIn", "RoofBreakIn"]) | ODD),
        status=parts(activation=st.sampled_from(["Active", "Inactive"]) | ODD),
    ),
)


@pytest.fixture
def van(db: None) -> Vehicle:
    return make_vehicle(make_fleet())


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=1, max_size=20))
def test_each_column_says_what_its_function_says(van: Vehicle, states: list[Any]):
    for state in states:
        Vehicle.objects.filter(pk=van.pk).update(state=state)
        van.refresh_from_db()
        place = None if facts.hides_position(state) else position_of(state)
        assert position_in(van) == place, state
        charging = facts.charging_in(state)
        assert (van.is_locked, van.is_plugged, van.is_charging, van.is_stolen, van.has_alarm) == (
            facts.is_locked(state),
            facts.is_plugged(charging),
            facts.is_charging(charging),
            facts.is_reported_stolen(state),
            facts.alarm_trigger(state) is not None,
        ), state


@pytest.mark.parametrize(
    ("motorization", "energies", "level"),
    [
        ("Electric", [("Fuel", 0), ("Electric", 72)], 72),
        ("Electric", [("Fuel", 50)], None),
        ("Thermic", [("Electric", 0), ("Fuel", 40)], 40),
        ("Hybrid", [("Fuel", 40), ("Electric", 10)], 10),
        ("", [("Fuel", 40)], 40),
    ],
)
def test_the_level_is_that_of_an_energy_that_the_vehicle_has(
    van: Vehicle, motorization: str, energies: list[tuple[str, int]], level: int | None
):
    state = {"energies": [{"type": kind, "level": value} for kind, value in energies]}
    Vehicle.objects.filter(pk=van.pk).update(state=state, motorization=motorization)
    assert Vehicle.objects.get(pk=van.pk).energy_level == level
