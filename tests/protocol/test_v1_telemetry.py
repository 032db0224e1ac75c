"""v1's telemetry and v3's status say the same of a vehicle: read and written both ways, nothing lost."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleets.vehicles.position import position_of
from fleets.vehicles.state import state_rows
from protocol.v1.telemetry import decode_telemetry, encode_telemetry
from simulator.vehicles.state import State
from simulator.vehicles.status import status_document
from simulator.vehicles.vehicle import Vehicle
from tests import from_published, published
from tests.long_form import examples
from tests.protocol.losses import lost

V1 = "connected-car-v1.yaml"
AT = "2026-11-29T10:00:00Z"
LATER = "2026-11-29T10:05:00Z"

# Places that v1 itself calls deprecated: what stands there is found at the place that came after.
DEPRECATED = ("chargingSpeed", "chargingMode", "programs")


def at_once(status: dict[str, Any]) -> dict[str, Any]:
    return decode_telemetry(encode_telemetry(status))


def in_place(status: dict[str, Any]) -> dict[str, Any]:
    """A status with odometer and kinetic at the place that both dialects have, not in the extension."""
    extension = status.get("_embedded", {}).get("extension", {})
    moved = {name: extension[name] for name in ("odometer", "kinetic") if name in extension and name not in status}
    left = {name: part for name, part in extension.items() if name not in moved}
    rest = {name: part for name, part in status.items() if name != "_embedded"}
    return {**rest, **moved, **({"_embedded": {"extension": left}} if left else {})}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_status_travels_through_v1_and_back_with_all_that_it_says(data: st.DataObject) -> None:
    status = data.draw(from_published.documents("Status", published.API))
    before = deepcopy(status)
    back = at_once(status)
    assert status == before, "what is given is not touched"
    assert not lost(in_place(status), back)
    assert at_once(back) == back, "a second journey adds nothing"


def charges(document: dict[str, Any]) -> list[dict[str, Any]]:
    """How each energy of a status or of a telemetry is charged."""
    energies = document.get("energies", document.get("vehicle", {}).get("energies", []))
    found = [energy.get("extension", {}).get("electric", {}).get("charging") for energy in energies]
    return [charging for charging in found if charging is not None]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_v1_tells_is_told_again_as_it_was(data: st.DataObject) -> None:
    told = data.draw(from_published.documents("AggregatedTelemetries", V1))
    for charging in charges(told):
        for name in DEPRECATED:
            charging.pop(name, None)
        # The list of lists is a slip of the file: how the programs are grouped says nothing.
        schedule = charging.get("schedule", {})
        if programs := [program for group in schedule.get("programs", []) for program in group]:
            schedule["programs"] = [programs]
        elif "programs" in schedule:
            schedule["programs"] = []
    assert not lost(told, encode_telemetry(decode_telemetry(told)))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_is_as_published(data: st.DataObject) -> None:
    status = data.draw(from_published.documents("Status", published.API))
    for charging in charges(status):
        # v1 can't say of a charge that its status is not known, and has two slots for its programs; nor can it say of a
        # climate program that its slot is not known.
        charging.setdefault("status", "Stopped")
        for program in charging.get("schedule", {}).get("programs", []):
            program["slot"] = 2
    for n, program in enumerate(status.get("preconditioning", {}).get("airConditioning", {}).get("programs", [])):
        program.setdefault("slot", n + 1)
    published.hold(encode_telemetry(status), "AggregatedTelemetries", V1)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_pages_show_the_same_of_what_has_travelled(data: st.DataObject) -> None:
    status = data.draw(from_published.documents("Status", published.API))
    # What stands in v3's extension is found at its place afterwards, and shown the more.
    assert state_rows(at_once(status)) == state_rows(in_place(status))
    assert position_of(at_once(status)) == position_of(status)


@pytest.mark.parametrize("motorization", ["Electric", "Thermic"])
def test_the_simulators_status_travels(motorization: str) -> None:
    state = State(plugged=True, charging=True, climate=True, stolen=True, lights=True)
    about: dict[str, Any] = {"label": "Van 1", "plate": "AB-123-CD", "brand": "Peugeot", "model": "e-208"}
    about |= {"vin": "VF3ABCDE0FG123456", "profile": "awake", "motorization": motorization, "created_at": 0.0}
    vehicle = Vehicle(id="a1", fleet_id="f1", state=state, **about)
    status = status_document(vehicle, 1_800_000_000.0, 1.0)
    assert not lost(status, at_once(status))
    status["stolen"]["_links"] = {"self": {"href": "/stolen"}}
    told = encode_telemetry({**status, "_links": {"self": {"href": "/"}}})
    published.hold(told, "AggregatedTelemetries", V1)


def test_v1s_words_and_places_become_those_of_pages() -> None:
    status = decode_telemetry(
        {
            "createdAt": AT,
            "updatedAt": LATER,
            "vehicle": {
                "doorsState": {"createdAt": AT, "lockedState": ["Locked"], "opening": []},
                "location": {
                    "createdAt": LATER,
                    "geometry": {"type": "Point", "coordinates": [4.8357, 45.764]},
                    "properties": {"type": "Estimate", "heading": 90},
                },
                "preconditioning": {
                    "createdAt": AT,
                    "airConditioning": {
                        "status": "Enabled",
                        "programs": [{"slot": 1, "start": "PT7H", "occurrence": {"day": ["Mon"]}, "temp": 21}],
                    },
                },
                "energies": [
                    {
                        "createdAt": AT,
                        "type": "Electric",
                        "subType": "ElectricEnergy",
                        "level": 55,
                        "extension": {
                            "electric": {
                                "charging": {
                                    "status": "InProgress",
                                    "plugged": True,
                                    "schedule": {"programs": [[{"slot": 2, "start": "PT22H", "chargeToFull": False}]]},
                                    "settings": {"chargingSpeed": 40, "chargeLimit": "MedPlus", "chargingMode": "Slow"},
                                }
                            }
                        },
                    }
                ],
                "tyreState": [{"createdAt": AT, "id": "FrontLeft", "status": "Low"}],
                "coffee": {"cups": 2},
            },
        }
    )
    rows = {row.key: row.text for row in state_rows(status)}
    assert rows == {
        "doors": "Locked",
        "energy-Electric": "55 %",
        "charging": "Charging · slow · 40 km/h",
        "charging-programs": "2: 22:00",
        "charge-manner": "stops early, which spares the battery",
        "climate": "Running",
        "climate-programs": "1: 07:00 Mon 21 °C",
        "position": "45.7640° N, 4.8357° E",
        "tyres": "front left low",
    }
    assert status["lastPosition"]["properties"] == {"type": "Estimated", "heading": 90, "createdAt": LATER}
    climate = status["preconditioning"]["airConditioning"]
    week = {"slot": 1, "start": "PT7H", "occurence": {"day": ["Mon"]}, "recurrence": "Daily", "temp": 21}
    assert climate == {"createdAt": AT, "status": "Enabled", "programs": [week]}
    charging = status["energies"][0]["extension"]["electric"]["charging"]
    assert charging["schedule"] == {"programs": [{"slot": 2, "start": "PT22H", "chargeUntilFull": False}]}
    assert (charging["chargingRate"], charging["type"], charging["chargingMode"]) == (40, "Partial", "Slow")
    assert status["tyreState"][0]["status"] == "Low"
    assert status["vehicle"] == {"coffee": {"cups": 2}}


def test_a_speed_is_told_in_the_unit_of_each_dialect() -> None:
    """v1's file has m/s, v3's km/h, which is what a page shows."""
    kinetic = {"createdAt": AT, "moving": True, "speed": 25}
    status = decode_telemetry({"createdAt": AT, "vehicle": {"kinetic": kinetic}})
    assert [row.text for row in state_rows(status)] == ["90 km/h"]
    assert encode_telemetry(status)["vehicle"]["kinetic"] == kinetic
    told = encode_telemetry({"createdAt": AT, "kinetic": {"createdAt": AT, "speed": 50}})
    assert told["vehicle"]["kinetic"]["speed"] == pytest.approx(13.8889, abs=0.0001)
    assert decode_telemetry(told)["kinetic"]["speed"] == 50


def test_the_air_outside_is_dated_as_the_other_parts_are() -> None:
    status = {"createdAt": AT, "environment": {"air": {"temp": 7}, "luminosity": {"day": True}}}
    outside = encode_telemetry(status)["environment"]
    assert (outside["air"], outside["luminosity"]) == ({"createdAt": AT, "temp": 7}, {"createdAt": AT, "day": True})


def test_what_v1_has_no_word_for_stands_beside_it() -> None:
    status = {"createdAt": AT, "doorsState": {"createdAt": AT, "lockedStates": ["Locked", "TrunkLocked"]}}
    doors = encode_telemetry(status)["vehicle"]["doorsState"]
    assert doors["lockedState"] == ["Locked"], "a client that knows the published words alone reads it"
    assert at_once(status) == status


def test_a_part_is_dated_by_its_own_last_word() -> None:
    parts = {"battery": {"voltage": 80, "updatedAt": LATER}, "adas": {"abs": True}}
    vehicle = encode_telemetry({"createdAt": AT, **parts})["vehicle"]
    assert (vehicle["battery"]["createdAt"], vehicle["adas"]["createdAt"]) == (LATER, AT)


_PLACES = ["vehicle", "energies", "extension", "electric", "charging", "schedule", "programs", "location", "properties"]
_PLACES += ["lastPosition", "doorsState", "opening", "lockedStates", "settings", "alarm", "trigger", "preconditioning"]
_ODD = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(_PLACES), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=examples(200), deadline=None)
@given(odd=_ODD, place=st.sampled_from(_PLACES))
def test_what_has_another_form_than_published_stands_in_no_ones_way(odd: Any, place: str) -> None:
    for document in ({"createdAt": AT, "vehicle": {place: odd}}, {"createdAt": AT, place: odd}):
        assert encode_telemetry(decode_telemetry(document))["createdAt"] == AT
        assert decode_telemetry(encode_telemetry(document))["createdAt"] == AT


def test_a_part_without_what_v1_asks_for_stays_where_v3_has_it() -> None:
    status = {"createdAt": AT, "odometer": {"createdAt": AT}, "ignition": {"createdAt": AT, "type": "Stop"}}
    told = encode_telemetry(status)
    assert told["odometer"] == {"createdAt": AT}
    assert set(told["vehicle"]) == {"ignition"}
    assert at_once(status) == status


@pytest.mark.parametrize("settings", [dict.fromkeys(["chargingSpeed", "chargingMode", "chargeLimit"]), {}, None, 5])
def test_settings_that_say_nothing_stand_in_no_ones_way(settings: Any) -> None:
    electric = {"charging": {"status": "Stopped", "settings": settings}}
    energy = {"type": "Electric", "extension": {"electric": electric}}
    (told,) = decode_telemetry({"vehicle": {"energies": [energy]}})["energies"]
    assert told["extension"]["electric"]["charging"]["status"] == "Stopped"
