"""Places are taken out of documents of either dialect, and nothing else is."""

import json
from typing import Any

import pytest

from protocol.canonical.places import (
    body_without_places,
    body_without_whereabouts,
    without_places,
    without_whereabouts,
)
from protocol.examples import EXAMPLES

POINT = {"type": "Point", "coordinates": [4.83, 45.76]}
FEATURE = {"type": "Feature", "geometry": POINT, "properties": {"createdAt": "2026-11-30T10:00:00Z", "heading": 12}}
HOME = {"type": "Feature", "geometry": POINT, "properties": {"address": {"streetName": "Canary street"}}}

TAKEN = [
    ({"vin": "x", "lastPosition": FEATURE}, {"vin": "x"}),
    ({"lastPosition": {"createdAt": "2026", "signalQuality": 3}}, {}),
    ({"positions": [POINT, POINT], "driverApproval": True}, {"positions": [], "driverApproval": True}),
    ({"positions": [HOME]}, {"positions": []}),
    ({"stolen": {"state": True, "startPosition": FEATURE, "endPosition": FEATURE}}, {"stolen": {"state": True}}),
    ({"alerts": [{"trigger": {"position": FEATURE, "type": "x"}}]}, {"alerts": [{"trigger": {"type": "x"}}]}),
    ({"a": {"b": [[FEATURE, 1], {"Latitude": 1, "Longitude": 2, "name": "x"}]}}, {"a": {"b": [[1]]}}),
    ({"latitude": 45.7, "longitude": 4.8, "altitude": 3}, {"altitude": 3}),
    ({"type": "FeatureCollection", "features": [FEATURE]}, {"type": "FeatureCollection", "features": []}),
    ([POINT, "x"], ["x"]),
]


@pytest.mark.parametrize(("document", "left"), TAKEN)
def test_places_are_taken_out(document: Any, left: Any) -> None:
    before = json.dumps(document)
    assert without_places(document) == left
    assert without_places(left) == left
    assert json.dumps(document) == before
    body = json.dumps(document).encode()
    assert json.loads(body_without_places(body) or b"") == left


KEPT: list[Any] = [
    {"lightingSystem": {"turn": [{"direction": "Left", "position": "Front", "status": "On"}]}},
    {"plate": "AB-123-CD", "translation": {"x": 1}, "latitude": 3},
    {"location": "Hall 3", "geometry": "flat"},
    {"position": 12, "seal": "ab"},
    None,
    "coordinates",
]


@pytest.mark.parametrize("document", KEPT)
def test_what_is_no_place_stays(document: Any) -> None:
    assert without_places(document) == document
    body = json.dumps(document, indent=1).encode()
    assert body_without_places(body) == body


def test_of_all_payloads_only_destinations_hold_places() -> None:
    holding = {
        name for name, payloads in EXAMPLES.items() for payload in payloads if without_places(payload) != payload
    }
    assert holding == {"Navigation"}


def test_a_body_that_can_not_be_read_goes_where_it_may_hold_a_place() -> None:
    assert body_without_places(b'{"coordinates": [4.83, 45') is None
    assert body_without_places(b'{"\\u0063oordinates": [4.83, 4') is None
    assert body_without_places(b'{"state": "Lock') == b'{"state": "Lock'
    assert body_without_places(b"<html>lost</html>") == b"<html>lost</html>"
    assert body_without_places(b'{"p":' + b"[" * 100_000 + b'"position"') is None
    hidden = b'{"\\u0063oordinates": [4.83, 45.76], "type": "Point"}'
    assert body_without_places(hidden) == b'{"type":"Point"}'


ROUTE = {"positions": [HOME], "driverApproval": True, "to": {"name": "Canary street"}}
_DONE = {"remoteType": "Navigation", "eventStatus": {"status": "Success"}}
_LOCK = {"remoteType": "Doors", "payload": {"state": "Locked"}}
HIDDEN: list[tuple[Any, Any]] = [
    ({"navigation": ROUTE, "label": "x"}, {"navigation": {}, "label": "x"}),
    ({"actions": [{"remote": {"Navigation": ROUTE}}]}, {"actions": [{"remote": {"Navigation": {}}}]}),
    ({"remoteType": "Navigation", "payload": ROUTE}, {"remoteType": "Navigation", "payload": {}}),
    (_LOCK, _LOCK),
    (_DONE, _DONE),
    ({"lastPosition": FEATURE, "energies": []}, {"energies": []}),
]


@pytest.mark.parametrize(("document", "left"), HIDDEN)
def test_who_may_not_see_places_sees_nothing_of_routes_either(document: Any, left: Any) -> None:
    assert without_whereabouts(document) == left
    assert json.loads(body_without_whereabouts(json.dumps(document).encode()) or b"") == left


@pytest.mark.parametrize("body", [b'{"navigation": {"to": "Canary', b'{"coordinates": [4.83'])
def test_a_body_that_can_not_be_read_is_not_shown_to_them(body: bytes) -> None:
    assert body_without_whereabouts(body) is None
