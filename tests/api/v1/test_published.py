"""What v1 answers, held to the published file."""

from typing import Any

import pytest
from django.utils import timezone

from fleets.models import Gateway, Vehicle
from tests.api.conftest import World, trusted
from tests.fleets.test_capabilities import DOCUMENT
from tests.published import API_V1, hold

from .conftest import CHANNEL, V1Caller
from .test_remotes import RICH, SAMPLES

# What the published file has no place for stands in it all the same, and breaks no reader.
STATE: dict[str, Any] = {
    "_links": {"self": {"href": "https://upstream.example.com"}},
    "createdAt": "2026-11-21T08:00:00.000Z",
    "updatedAt": "2026-11-21T08:05:00.000Z",
    "vin": "VF3ABCDE0FG123456",
    "ignition": {"createdAt": "2026-11-21T08:00:00.000Z", "type": "Stop"},
    "odometer": {"createdAt": "2026-11-21T08:00:00.000Z", "mileage": 12.5},
    "energies": [
        {
            "createdAt": "2026-11-21T08:00:00.000Z",
            "type": "Electric",
            "level": 80,
            "autonomy": 200,
            "extension": {"electric": {"charging": {"plugged": True, "status": "InProgress", "remainingTime": "PT1H"}}},
        }
    ],
    "lastPosition": {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [4.8, 45.7]},
        "properties": {"createdAt": "2026-11-21T08:00:00.000Z", "type": "Acquire"},
    },
    "novelty": [1],
}


@pytest.fixture
def known(ours: World) -> World:
    Vehicle.objects.filter(pk=ours.vehicle.pk).update(
        state=STATE, state_read_at=timezone.now(), capability_document=DOCUMENT, brand="Peugeot", model="e-208"
    )
    return ours


def ask(us: V1Caller, method: str, path: str, status: int, schema: str, body: Any = None, query: str = "") -> Any:
    """Hold the answer to its published schema; gives it."""
    answer = us.request(method, path, body, query)
    assert answer.status_code == status, (method, path, answer.content)
    is_error = status >= 400
    assert answer["Content-Type"].startswith("application/json" if is_error else "application/hal+json")
    hold(answer.json(), schema, API_V1)
    return answer.json()


def test_every_answer_has_its_published_shape(known: World, us: V1Caller) -> None:
    trusted(known)
    vehicle = f"/accounts/vehicles/{known.vehicle.public_id}"
    ask(us, "GET", "/accounts/vehicles", 200, "Vehicles", query="?extension=devices&pageSize=1")
    ask(us, "GET", vehicle, 200, "Vehicle")
    capability = ask(us, "GET", f"{vehicle}/capability", 200, "VehicleCapability")
    assert (capability["brand"], capability["model"]) == ("Peugeot", "e-208")
    ask(us, "GET", f"{vehicle}/telemetries/latest", 200, "AggregatedTelemetries")
    channel_id = ask(us, "POST", "/accounts/channels", 200, "ChannelRef", CHANNEL)["channelId"]
    channel = f"/accounts/channels/{channel_id}"
    ask(us, "GET", "/accounts/channels", 200, "Channels")
    ask(us, "GET", channel, 200, "Channel")
    ask(us, "PUT", channel, 202, "ChannelRef", CHANNEL)
    for status in ("Paused", "Running"):
        ask(us, "PUT", f"{channel}/status", 202, "ChannelRef", {"status": status})
    Vehicle.objects.update(capability_document={})
    Gateway.objects.update(dialect="v1")
    remotes = f"{vehicle}/channels/{channel_id}/remotes"
    for action in [*({key: payload} for key, payload in SAMPLES.items()), *RICH]:
        rid = ask(us, "POST", remotes, 202, "RemotePostResponse", {"label": "x", "action": action})["remoteActionId"]
        ask(us, "GET", f"{remotes}/{rid}", 200, "RemoteAction")
    ask(us, "GET", remotes, 200, "RemoteActions")


def test_every_error_has_its_published_shape(ours: World, us: V1Caller, remotes: str) -> None:
    vehicle = f"/accounts/vehicles/{ours.vehicle.public_id}"
    ask(us, "GET", f"{vehicle}/telemetries/latest", 404, "DataNotFoundError")
    ask(us, "GET", "/accounts/vehicles/0000", 404, "xError")
    ask(us, "POST", remotes, 400, "xError", {})
    ask(us, "POST", remotes, 400, "xError", {"action": {"immobilization": {"activate": True}}})
    ask(us, "DELETE", "/accounts/channels/0000", 404, "xError")
    Vehicle.objects.update(capabilities=[])
    ask(us, "POST", remotes, 501, "501RemoteError", {"action": {"horn": {"state": "Activated"}}})
    us.token = "x"
    ask(us, "GET", vehicle, 401, "xError")


def test_telemetry_without_a_date_of_its_own_is_not_made_younger(known: World, us: V1Caller) -> None:
    Vehicle.objects.update(state={"updatedAt": STATE["createdAt"], "odometer": {"mileage": 12.5}})
    told = ask(
        us, "GET", f"/accounts/vehicles/{known.vehicle.public_id}/telemetries/latest", 200, "AggregatedTelemetries"
    )
    assert told["createdAt"] == told["vehicle"]["odometer"]["createdAt"] == STATE["createdAt"]


def test_telemetry_is_upstreams_with_our_links_and_may_be_asked_for_in_parts(known: World, us: V1Caller) -> None:
    path = f"/accounts/vehicles/{known.vehicle.public_id}/telemetries/latest"
    whole = us.get(path).json()
    assert whole["vehicle"]["odometer"]["mileage"] == 12.5
    assert whole["vehicle"]["location"]["geometry"]["coordinates"] == [4.8, 45.7]
    assert whole["novelty"] == [1]
    assert "upstream" not in str(whole)
    assert whole["_links"]["self"]["href"].endswith(path)
    for query in ("?type=vehicle.odometer&type=vehicle.ignition", "?type=vehicle.odometer,vehicle.ignition"):
        part = ask(us, "GET", path, 200, "AggregatedTelemetries", query=query)
        assert set(part["vehicle"]) == {"odometer", "ignition"}
        assert (part["createdAt"], "novelty" in part) == (STATE["createdAt"], False)
    both = us.get(path, "?type=vehicle.odometer,vehicle").json()
    assert both["vehicle"] == whole["vehicle"]
    assert "vehicle" not in us.get(path, "?type=privacy").json()
    assert us.get(path, "?type=weather").status_code == 400


def test_why_there_is_no_telemetry_is_said(ours: World, us: V1Caller) -> None:
    path = f"/accounts/vehicles/{ours.vehicle.public_id}/telemetries/latest"
    answer = ask(us, "GET", path, 404, "DataNotFoundError")
    assert (answer["name"], answer["message"][:38]) == ("DATA_NOT_FOUND", "No telemetry of this vehicle has been ")
