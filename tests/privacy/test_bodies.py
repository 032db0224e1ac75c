"""What is about one vehicle is taken out of bodies of either dialect, and what is about others stays."""

import json
from typing import Any

import pytest

from fleetremote.privacy.bodies import NOTHING, is_alone, without_vehicle

VIN, OTHER = "VF3CANARY0FG00001", "VF3ABCDE0FG000002"


def v3(*vins: str) -> dict[str, Any]:
    return {"callbackId": "c", "events": [{"vin": vin, "eventStatus": {"status": "Success"}} for vin in vins]}


def v1(vin: str) -> dict[str, Any]:
    return {"remoteEvent": {"status": "Success"}, "attributes": [{"key": "VIN", "type": "Body", "value": vin}]}


BODIES = [
    (v3(VIN), v3(), True),
    (v3(VIN, OTHER), v3(OTHER), False),
    (v3(OTHER), v3(OTHER), False),
    (v1(VIN), {}, True),
    ([v1(VIN), v1(OTHER)], [v1(OTHER)], False),
    ([v1(VIN)], [], True),
    ({**v3(OTHER), "about": VIN}, {}, False),
]


@pytest.mark.parametrize(("body", "left", "alone"), BODIES)
def test_only_what_names_it_goes(body: Any, left: Any, alone: bool) -> None:
    raw = json.dumps(body).encode()
    assert json.loads(without_vehicle(raw, VIN)) == left
    assert is_alone(raw, VIN) is alone


@pytest.mark.parametrize("raw", [b'{"vin": "VF3CANARY0FG00001"', b"VF3CANARY0FG00001", b"\xff", b"[" * 100_000])
def test_of_what_can_not_be_read_nothing_is_left(raw: bytes) -> None:
    assert without_vehicle(raw, VIN) == NOTHING
    assert not is_alone(raw, VIN)


def test_escapes_hide_nothing() -> None:
    assert json.loads(without_vehicle(b'{"events": [{"vin": "\\u0056F3CANARY0FG00001"}]}', VIN)) == {"events": []}
