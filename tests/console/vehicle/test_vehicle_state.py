"""Reading the published vehicle status into rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleets.vehicles.state import state_rows

AT = "2026-11-21T11:00:00Z"


def texts(state: Any) -> dict[str, str]:
    return {row.key: row.text for row in state_rows(state)}


@pytest.mark.parametrize(
    ("state", "key", "text"),
    [
        ({"doorsState": {"lockedStates": ["Locked"]}}, "doors", "Locked"),
        ({"doorsState": {"lockedStates": ["Unlocked", "TrunkLocked"]}}, "doors", "Unlocked, Boot locked"),
        ({"doorsState": {"lockedStates": ["HalfLocked"]}}, "doors", "HalfLocked"),
        ({"doorsState": {"opening": [{"identifier": "Trunk", "state": "Open"}]}}, "openings", "Boot open"),
        ({"ignition": {"type": "Stop"}}, "ignition", "Off"),
        ({"kinetic": {"moving": True, "speed": 51.6}}, "movement", "52 km/h"),
        ({"energies": [{"type": "Electric", "level": 78.4, "autonomy": 1245}]}, "energy-Electric", "78 % · 1,245 km"),
        (
            {"energies": [{"type": "Electric", "extension": {"electric": {"charging": {"status": "InProgress"}}}}]},
            "charging",
            "Charging",
        ),
        ({"lightingSystem": {"turn": [{"status": "On"}], "fog": [{"status": "Off"}]}}, "lights", "Indicators on"),
        ({"preconditioning": {"airConditioning": {"status": "Enabled"}}}, "climate", "Running"),
        ({"odometer": {"mileage": 48213.4}}, "mileage", "48,213 km"),
        ({"lastPosition": {"geometry": {"coordinates": [-4.8357, 45.764]}}}, "position", "45.7640° N, 4.8357° W"),
        ({"privacy": {"state": "Geolocation"}}, "privacy", "Position hidden"),
        ({"battery": {"voltage": 82}}, "battery", "82 %"),
        ({"alarm": {"status": {"activation": "Active"}}}, "alarm", "Armed"),
        ({"stolen": {"state": True}}, "stolen", "Reported stolen"),
    ],
)
def test_a_value_in_words(state: dict[str, Any], key: str, text: str):
    assert texts(state) == {key: text}


def test_a_value_has_its_own_age_or_none():
    rows = state_rows(
        {"updatedAt": "2026-11-21T12:00:00Z", "ignition": {"type": "Stop", "createdAt": AT}, "battery": {"voltage": 9}}
    )
    assert [row.at for row in rows] == [datetime(2026, 11, 21, 11, tzinfo=UTC), None]


def test_an_energy_that_is_told_twice_is_as_old_as_the_younger_one():
    state = {
        "energies": [{"type": "Electric", "level": 55.0, "createdAt": "2026-07-21T10:11:56Z"}],
        "energy": [{"type": "Electric", "level": 55.0, "createdAt": "2026-07-21T10:11:56Z", "updatedAt": AT}],
    }
    assert [row.at for row in state_rows(state)] == [datetime(2026, 11, 21, 11, tzinfo=UTC)]
    state["energy"][0]["level"] = 54.0
    assert [row.at for row in state_rows(state)] == [datetime(2026, 7, 21, 10, 11, 56, tzinfo=UTC)]


def test_a_number_beyond_reason_is_left_out():
    assert state_rows({"odometer": {"mileage": 10**400}}) == []
    assert state_rows({"lastPosition": {"geometry": {"coordinates": [4.8, 10**400]}}}) == []


def test_nothing_read_gives_no_rows():
    assert state_rows({}) == state_rows(None) == []


_NAMES = st.sampled_from(
    [
        *("doorsState", "lockedStates", "opening", "identifier", "state", "ignition", "type", "kinetic", "moving"),
        *("speed", "energies", "level", "autonomy", "extension", "electric", "charging", "status", "plugged"),
        *("lightingSystem", "turn", "fog", "preconditioning", "airConditioning", "odometer", "mileage", "alarm"),
        *("lastPosition", "geometry", "coordinates", "privacy", "battery", "voltage", "stolen", "createdAt"),
        *("updatedAt", "properties"),
    ]
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(AT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=30,
)


@given(_JSON)
def test_any_json_can_be_read(state: Any):
    state_rows(state)
