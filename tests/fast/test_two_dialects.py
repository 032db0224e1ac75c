"""Both APIs, to a vehicle that either API reaches, the whole way: each feature, and each field that can't travel."""

import json
from typing import Any

import pytest

from fleetremote.walkthrough.features import features
from tests.running import Running

pytestmark = pytest.mark.drawn("houses", 1)

WAYS = [("v3", "v3"), ("v3", "v1"), ("v1", "v3"), ("v1", "v1")]
FEATURES = {feature.name for feature in features()}


@pytest.fixture(scope="module")
def crossings(fast: Running) -> list[dict[str, Any]]:
    shown = fast.server.run("-m", "launcher.manage", "walkthrough", "--dialects", "--json")
    assert shown.returncode == 0, shown.stderr + shown.stdout
    found: list[dict[str, Any]] = json.loads(shown.stdout)
    return found


@pytest.mark.parametrize(("api", "vehicle"), WAYS)
def test_each_feature_ends_and_is_told_in_the_dialect_of_who_asked(
    crossings: list[dict[str, Any]], api: str, vehicle: str
) -> None:
    way = {item["feature"]: item for item in crossings if (item["api"], item["vehicle"]) == (api, vehicle)}
    assert set(way) >= FEATURES
    # v1 has no word for State, over neither its API nor to its vehicles.
    lacking = {"State"} if "v1" in (api, vehicle) else set()
    for name in FEATURES:
        assert way[name]["status"] in ({"Refused"} if name in lacking else {"Success", "AlreadyDone"}), way[name]
        assert way[name]["told"] == ("" if name in lacking else api), way[name]


@pytest.mark.parametrize(
    ("api", "vehicle", "field"),
    [
        ("v3", "v1", "lights.duration"),
        ("v3", "v1", "charging.schedule.nextDelayedTime"),
        ("v3", "v1", "stolen.trackingPeriod"),
        ("v1", "v3", "preconditioning.airConditioning.programs[0].temp"),
        ("v1", "v3", "preconditioning.airConditioning.settings"),
        ("v1", "v3", "charging.charge.deferred"),
        ("v1", "v3", "navigation.positions[0].properties"),
    ],
)
def test_what_cant_travel_is_refused_by_name(
    crossings: list[dict[str, Any]], api: str, vehicle: str, field: str
) -> None:
    refused = [
        item["words"]
        for item in crossings
        if (item["api"], item["vehicle"], item["status"]) == (api, vehicle, "Refused")
    ]
    assert any(field in words for words in refused), refused


def test_nothing_is_left_behind(fast: Running, crossings: list[dict[str, Any]]) -> None:
    assert crossings
    for fleet in fast.demo["fleets"]:
        listed = fast.call("GET", f"/fleets/{fleet['id']}/remote/callbacks").json()
        names = [callback["subscribe"]["callback"]["webhook"]["name"] for callback in listed["_embedded"]["callbacks"]]
        assert "walkthrough" not in names
