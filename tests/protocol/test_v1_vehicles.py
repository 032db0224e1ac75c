"""What a vehicle of either dialect is and can do, read and written: nothing lost, and as published."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleets.vehicles.capabilities import refusal, remote_types
from protocol.v1.vehicles import decode_capability, decode_vehicle, encode_capability
from tests import from_published, published
from tests.long_form import examples
from tests.protocol.losses import lost

V1 = "connected-car-v1.yaml"
CAPABILITY: dict[str, Any] = {
    "vin": "VF3ABCDE0FG123456",
    "brand": "Opel",
    "model": "Corsa-e",
    "motorization": "Electric",
    "onboardCapabilities": {
        "data": ["data:telemetry"],
        "remote": {
            "preconditioning": {
                "supported": True,
                "scopeName": "remote:preconditioning:write",
                "parameters": {"programs": {"size": 4, "temperature": True}, "immediate": True},
            },
            "charging": {
                "supported": True,
                "scopeName": "remote:charging:write",
                "parameters": {
                    "immediate": {"start": True, "stop": False},
                    "programs": {
                        "supported": True,
                        "size": 2,
                        "occurrence": True,
                        "minChargingLevel": True,
                        "maxChargingLevel": True,
                    },
                    "settings": {"level": True, "type": False},
                },
            },
            "locking": {"supported": True, "scopeName": "remote:locking:write"},
            "horn": {"supported": False, "scopeName": "remote:horn:write"},
            "tanSuppress": {"supported": False},
            "teleport": {"supported": True},
        },
    },
}


def canonical(vehicle: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = vehicle["_embedded"]["extension"]["onboardCapabilities"]
    return found


def test_a_v1_capability_is_read_as_v3s() -> None:
    before = deepcopy(CAPABILITY)
    vehicle = decode_capability(CAPABILITY)
    assert before == CAPABILITY, "what is given is not touched"
    document = canonical(vehicle)
    assert vehicle["_embedded"]["extension"]["branding"] == {"brand": "Opel", "label": "Corsa-e"}
    names = remote_types(document)
    assert names is not None
    assert "Horn" not in names
    assert "State" not in names, "no message of v1 asks for it"
    assert {"Locking", "Charging", "Tan"} <= set(names)
    three = {"schedule": {"programs": [{"slot": slot, "start": "PT7H"} for slot in (1, 2, 3)]}}
    assert "2 at the most" in str(refusal(document, "Charging", three))
    assert refusal(document, "Charging", {"immediate": True}) is None
    assert "charging.immediate: false" in str(refusal(document, "Charging", {"immediate": False}))
    assert "charging.nextDelayedTime" in str(refusal(document, "Charging", {"nextDelayedTime": "2026-12-01T07:00:00Z"}))
    assert "charging.preferences.type" in str(refusal(document, "Charging", {"preferences": {"type": "Full"}}))
    assert document["remote"]["teleport"] == {"supported": True}


def test_a_capability_read_is_written_again_with_all_that_it_said() -> None:
    told = encode_capability(decode_capability(CAPABILITY))
    published_keys = {"locking": "door"}
    for key, item in CAPABILITY["onboardCapabilities"]["remote"].items():
        assert told["onboardCapabilities"]["remote"][published_keys.get(key, key)] == item
    assert {**told, "onboardCapabilities": None} == {**CAPABILITY, "onboardCapabilities": None}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_v3s_capabilities_are_written_as_v1_has_them_and_come_back_the_same(data: st.DataObject) -> None:
    document = data.draw(from_published.documents("OnboardCapabilities", published.API))
    vehicle = {"vin": "VF3ABCDE0FG123456", "_embedded": {"extension": {"onboardCapabilities": document}}}
    told = encode_capability(vehicle)
    published.hold(told, "VehicleCapability", V1)
    back = canonical(decode_capability(told))
    assert canonical(decode_capability(encode_capability(decode_capability(told)))) == back
    names = set(remote_types(document) or remote_types({"remote": {}}) or ())
    if "remote" in document:
        assert set(remote_types(back) or ()) == names - {"State"}
        for wanted in ({"immediate": True}, {"immediate": False}, {"preferences": {"level": "Level1"}}):
            assert refusal(back, "Charging", wanted) == refusal(document, "Charging", wanted)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_v1s_capabilities_come_back_the_same(data: st.DataObject) -> None:
    told = data.draw(from_published.documents("VehicleCapability", V1))
    assert not lost(told, encode_capability(decode_capability(told)))


def test_a_vehicle_of_a_v1_list_has_an_id() -> None:
    links = {"self": {"href": "https://cloud.example/api/connectedcar/v1/accounts/vehicles/0a9d?x=1"}}
    listed = {"vin": "VF3ABCDE0FG123456", "_links": links, "motorization": "Electric", "brandCode": "OP"}
    assert decode_vehicle(listed) == {**listed, "id": "0a9d"}
    assert decode_vehicle({**listed, "id": 17})["id"] == "17"
    assert decode_vehicle({"vin": "VF3ABCDE0FG123456"})["id"] == "VF3ABCDE0FG123456"
    assert decode_vehicle({"_links": []}) == {"_links": []}
