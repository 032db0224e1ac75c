"""The v1 API of the simulator: shapes, pages, channels, errors; held to the published file where it is there."""

import pytest
import requests

from protocol.catalogue import REMOTE_TYPES
from simulator.world import V1_CLIENT_ID
from tests.published import hold
from tests.simulator.driving import FLEET, Simulator, Webhook
from tests.simulator.v1.driving import ACCOUNT, ASLEEP, AWAKE, HORN, THERMIC, UNLOCK, V1, body_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("what the simulator answers", 25, of="tests")

FILE = "connected-car-v1.yaml"
# A body of each feature of the published file, as a client of it writes them.
ACTIONS = {
    "Locking": {"locking": {"state": "Unlocked"}},
    "Lights": {"lights": {"state": "Activated"}},
    "Horn": {"horn": {"state": "Activated"}},
    "WakeUp": {"wakeup": {"action": "Wakeup"}},
    "Preconditioning": {
        "preconditioning": {
            "airConditioning": {
                "immediate": True,
                "programs": [
                    {
                        "slot": 1,
                        "enabled": True,
                        "start": "PT7H30M",
                        "occurrence": {"day": ["Mon", "Fri"]},
                        "temp": 21,
                        "actionsType": "Set",
                    }
                ],
            }
        }
    },
    "Charging": {
        "charging": {
            "charge": {
                "programs": [
                    {
                        "slot": 1,
                        "enabled": True,
                        "start": "PT22H",
                        "occurrence": {"day": ["Sat"]},
                        "minChargingLevel": 20,
                        "maxChargingLevel": 80,
                    }
                ]
            }
        }
    },
    "Immobilization": {"immobilization": {"activate": True}},
    "Stolen": {"stolen": {"crankInhibit": {"activate": False}}},
    "Navigation": {
        "navigation": {
            "positions": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [4.83, 45.76]},
                    "properties": {"name": "Depot"},
                }
            ]
        }
    },
    "VehicleFinder": {"vehicleFinder": {"action": "GetPresentLocation"}},
    "Tan": {"tan": {"suppress": {"state": True, "duration": 1}}},
    "OnboardPersonalData": {"onboardPersonalData": {"action": "Delete"}},
}


def test_documents_match_the_published_file(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    vehicles = account.get("/accounts/vehicles")
    hold(vehicles, "Vehicles", FILE)
    assert [item["vin"] for item in vehicles["_embedded"]["vehicles"]] == [each.vin for each in ACCOUNT.vehicles]
    channel = account.subscribe(webhook.url, type=["Remote"], attributes=[_header("X-Vin", "$Vin")])
    sent = [account.send(AWAKE, channel, {"label": "ours", "action": action}) for action in ACTIONS.values()]
    for action in sent:
        action.end()
        hold(action.read(), "RemoteAction", FILE)
    assert sorted(action.read()["type"] for action in sent) == sorted(
        (entry.v1.by_part.get("suppress", entry.v1.type_name)) for entry in REMOTE_TYPES.values() if entry.v1
    )
    hold(account.get(account.remotes(AWAKE, channel)), "RemoteActions", FILE)
    answer = account.call("POST", account.remotes(AWAKE, channel), HORN)
    hold(answer.json(), "RemotePostResponse", FILE)
    assert answer.headers["Content-Type"] == "application/hal+json; charset=utf-8"
    # After all that was done to it, and of one that sleeps, and one that burns.
    for vehicle in (AWAKE, ASLEEP, THERMIC):
        hold(account.get(f"/accounts/vehicles/{vehicle.id}"), "Vehicle", FILE)
        hold(account.get(f"/accounts/vehicles/{vehicle.id}/capability"), "VehicleCapability", FILE)
        hold(account.get(f"/accounts/vehicles/{vehicle.id}/telemetries/latest"), "AggregatedTelemetries", FILE)
    hold(account.get("/accounts/channels"), "Channels", FILE)
    hold(account.get(f"/accounts/channels/{channel}"), "Channel", FILE)
    status = account.call("PUT", f"/accounts/channels/{channel}/status", {"status": "Paused"})
    assert status.status_code == 202
    hold(status.json(), "ChannelRef", FILE)


def _header(key: str, value: str) -> dict[str, str]:
    return {"type": "Header", "key": key, "value": value}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_awake_vehicle_does_each_feature_and_tells_it(v1_world: tuple[V1, Webhook, str], name: str) -> None:
    account, _, channel = v1_world
    capability = account.get(f"/accounts/vehicles/{AWAKE.id}/capability")["onboardCapabilities"]["remote"]
    assert {entry["supported"] for entry in capability.values()} == {True}
    body = {"label": name, "action": ACTIONS[name]}
    sent = account.send(AWAKE, channel, body)
    assert sent.end()[0] in ("Success", "AlreadyDone")
    assert sent.read()["remote"] == body
    assert body_of(account.simulator.get("/simulator/sends")["sends"][-1]) == body


def test_telemetry_tells_what_was_done(v1_world: tuple[V1, Webhook, str]) -> None:
    account, _, channel = v1_world
    for name in ("Locking", "Preconditioning", "Charging"):
        account.send(ASLEEP, channel, {"action": ACTIONS[name]}).end()
    path = f"/accounts/vehicles/{ASLEEP.id}/telemetries/latest"
    vehicle = account.get(path)["vehicle"]
    assert vehicle["doorsState"]["lockedState"] == ["Unlocked"]
    climate = vehicle["preconditioning"]["airConditioning"]
    assert (climate["status"], climate["programs"][0]["occurrence"]) == ("Enabled", {"day": ["Mon", "Fri"]})
    ((program,),) = vehicle["energies"][0]["extension"]["electric"]["charging"]["schedule"]["programs"]
    assert (program["start"], program["maxChargingLevel"], program["slot"]) == ("PT22H", 80, 1)
    some = account.get(path, type=["privacy", "vehicle.odometer"])
    assert (some["privacy"]["state"], list(some["vehicle"])) == ("None", ["odometer"])
    assert account.refused(400, "GET", path, type="vehicle.radio").startswith("type")


@pytest.fixture(scope="module")
def v1_world(quick: Simulator) -> tuple[V1, Webhook, str]:
    webhook = Webhook()
    account = V1(quick)
    return account, webhook, account.subscribe(webhook.url)


def test_pages_are_of_100_and_500_at_most(v1_world: tuple[V1, Webhook, str]) -> None:
    account = v1_world[0]
    seen, page = [], account.get("/accounts/vehicles", pageSize=7)
    while True:
        assert (page["total"], page["totalPage"]) == (30, 5)
        seen += [item["vin"] for item in page["_embedded"]["vehicles"]]
        if "next" not in page["_links"]:
            break
        page = account.get(page["_links"]["next"]["href"])
    assert seen == [vehicle.vin for vehicle in ACCOUNT.vehicles]
    token = account.get("/accounts/vehicles", pageSize=7)["_links"]["next"]["href"].partition("pageToken=")[2]
    for params in ({"pageSize": 501}, {"pageSize": 0}, {"indexRange": "x"}, {"pageToken": token, "pageSize": 7}):
        account.refused(400, "GET", "/accounts/vehicles", **params)
    assert len(account.get("/accounts/vehicles", indexRange="28")["_embedded"]["vehicles"]) == 2
    found = account.get("/accounts/vehicles", vinPrefix="VF3")["_embedded"]["vehicles"]
    assert {item["vin"][:3] for item in found} == {"VF3"}
    account.refused(400, "GET", "/accounts/vehicles", extension="wings")


def test_vehicles_are_reached_by_their_own_api_alone(v1_world: tuple[V1, Webhook, str]) -> None:
    account, _, channel = v1_world
    simulator = account.simulator
    assert [fleet["id"] for fleet in simulator.get("/fleets")["_embedded"]["fleets"]] == [FLEET.id]
    for path in ("", "/vehicles", "/status", "/remote/callbacks", f"/vehicles/{AWAKE.id}"):
        assert simulator.call("GET", f"/fleets/{ACCOUNT.id}{path}").status_code == 404
    account.refused(404, "GET", f"/accounts/vehicles/{FLEET.vehicles[0].id}")
    account.refused(404, "GET", "/accounts/channels/abc")
    account.refused(404, "GET", f"{account.remotes(AWAKE, channel)}/abc")
    account.refused(405, "PATCH", "/accounts/vehicles")
    callback = simulator.subscribe("http://127.0.0.1:9/x")
    account.refused(404, "GET", f"/accounts/channels/{callback}")


def test_a_channels_life(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url, type=["Remote"])
    address = f"/accounts/channels/{channel}"
    document = account.get(address)
    changed = {**document["subscribe"], "label": "yours"}
    answer = account.call("PUT", address, changed)
    assert (answer.status_code, answer.json()["channelId"]) == (202, channel)
    assert account.get(address)["subscribe"] == changed
    assert account.get(address)["updatedAt"] > document["updatedAt"]
    every_type = account.subscribe(webhook.url, "watch")
    for types, count in (("Remote", 2), ("Monitor", 1), (["Monitor", "Remote"], 2)):
        assert account.get("/accounts/channels", types=types)["total"] == count
    account.refused(400, "GET", "/accounts/channels", types="Wish")
    monitor = {"type": ["Monitor"], "channel": {"webhook": {"target": webhook.url, "name": "six"}}}
    assert "type" in account.refused(400, "POST", "/accounts/channels", monitor)
    for label in ("three", "four", "five"):
        account.subscribe(webhook.url, label)
    sixth = {"channel": {"webhook": {"target": webhook.url, "name": "six"}}}
    words = account.refused(400, "POST", "/accounts/channels", sixth)
    assert "five, four, three, watch, yours" in words
    account.call("PUT", f"{address}/status", {"status": "Paused"})
    assert account.get(address)["status"] == "Paused"
    account.refused(400, "PUT", f"{address}/status", {"status": "Failed"})
    sent = account.send(ASLEEP, channel, UNLOCK)
    assert "pending" in account.refused(400, "DELETE", address)
    sent.end()
    assert account.call("DELETE", address).status_code == 204
    assert account.call("DELETE", f"/accounts/channels/{every_type}").status_code == 204
    assert account.call("POST", "/accounts/channels", sixth).status_code == 200


@pytest.mark.parametrize("kind", ["websocket", "pushnotif"])
def test_other_kinds_of_channel_are_501_with_words(v1_world: tuple[V1, Webhook, str], kind: str) -> None:
    assert kind in v1_world[0].refused(501, "POST", "/accounts/channels", {"channel": {kind: {}}})


def test_refused_remotes(v1_world: tuple[V1, Webhook, str]) -> None:
    account, _, channel = v1_world
    path = account.remotes(THERMIC, channel)
    answer = account.call("POST", path, {"action": ACTIONS["Charging"]})
    assert (answer.status_code, answer.json()["name"]) == (501, "REMOTE_NOT_SUPPORTED")
    hold(answer.json(), "501RemoteError", FILE)
    assert "state" in account.refused(400, "POST", path, {"action": {"locking": {"state": "Ajar"}}})
    both = {"locking": {"state": "Locked"}, "horn": {"state": "Activated"}}
    for action in (None, {}, both):
        account.refused(400, "POST", path, {"action": action})
    account.refused(400, "POST", path, {})
    account.refused(404, "POST", account.remotes(AWAKE, "abc"), HORN)
    url, params = f"{account.simulator.url}/api/connectedcar/v1{path}", {"client_id": V1_CLIENT_ID}
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    for text in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        answer = requests.post(url, data=text, headers=headers, params=params, timeout=5)
        assert answer.status_code == 400
        hold(answer.json(), "xError", FILE)
    assert account.get(path)["total"] == 0


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("html_502", 502)])
def test_faults_of_answers_strike_v1_too(v1_world: tuple[V1, Webhook, str], fault: str, status: int) -> None:
    account, _, channel = v1_world
    address = f"/simulator/vehicles/{THERMIC.vin}/faults"
    assert account.simulator.call("PUT", address, {fault: 1}).status_code == 200
    assert account.call("POST", account.remotes(THERMIC, channel), HORN).status_code == status
    assert account.simulator.get("/simulator/sends")["sends"][-1]["status"] == status
    assert account.get(account.remotes(THERMIC, channel))["total"] == 0
