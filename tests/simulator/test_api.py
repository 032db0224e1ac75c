"""The published API: shapes, pages, errors; held to the published file where it is there."""

import pytest
import requests

from protocol.catalogue import REMOTE_TYPES
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.published import hold
from tests.simulator.driving import FLEET, OTHER, Simulator, Webhook, vehicle_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("what the simulator answers", 25, of="tests")

CALLBACKS = f"/fleets/{FLEET.id}/remote/callbacks"
UNLOCK = {"door": {"state": "Unlocked"}}


def remotes(callback: str, profile: str = "awake") -> str:
    return f"/fleets/{FLEET.id}/vehicles/{vehicle_of(profile).id}/callbacks/{callback}/remotes"


def refused(answer: requests.Response, status: int) -> str:
    """Check the error shape; its message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"code", "uuid", "message", "timestamp"}
    assert str(body["code"]).startswith(str(status))
    assert len(str(body["code"])) == 5
    return str(body["message"])


def test_credentials(simulator: Simulator):
    url = f"{simulator.url}/connectedcar/v3/fleets"
    ours = {"client_id": CLIENT_ID}
    assert requests.get(f"{simulator.url}/healthz", timeout=5).status_code == 200
    for params, auth in (
        ({}, (USER, PASSWORD)),
        ({"client_id": "é"}, (USER, PASSWORD)),
        (ours, None),
        (ours, (USER, "no")),
    ):
        for address in (url, f"{simulator.url}/simulator/vehicles", f"{simulator.url}/nowhere"):
            refused(requests.get(address, params=params, auth=auth, timeout=5), 401)
    assert requests.get(url, params=ours, auth=(USER, PASSWORD), timeout=5).status_code == 200


def test_documents_match_the_published_file(simulator: Simulator, webhook: Webhook):
    fleets = simulator.get("/fleets")
    assert [fleet["id"] for fleet in fleets["_embedded"]["fleets"]] == [FLEET.id, OTHER.id]
    hold(fleets, "Fleets")
    hold(simulator.get(f"/fleets/{FLEET.id}"), "Fleet")
    vehicles = simulator.get(f"/fleets/{FLEET.id}/vehicles")
    hold(vehicles, "Vehicles")
    for vehicle in FLEET.vehicles:
        path = f"/fleets/{FLEET.id}/vehicles/{vehicle.id}"
        hold(simulator.get(path, extension="onboardCapabilities,branding"), "Vehicle")
        hold(simulator.get(f"{path}/status"), "Status")
    for vehicle in OTHER.vehicles[:10]:
        hold(simulator.get(f"/fleets/{OTHER.id}/vehicles/{vehicle.id}/status"), "Status")
    callback = simulator.subscribe(webhook.url, remoteTypes=["Doors"], retryPolicy={"policy": "Bounded"})
    hold(simulator.get(CALLBACKS), "RemoteCallbacks")
    hold(simulator.get(f"{CALLBACKS}/{callback}"), "RemoteCallback")
    answer = simulator.call("POST", remotes(callback), UNLOCK)
    hold(answer.json(), "RemotePostResponse")
    assert answer.headers["Content-Type"] == "application/hal+json; charset=utf-8"
    hold(simulator.get(remotes(callback)), "RemoteActions")
    hold(simulator.get(f"{remotes(callback)}/{answer.json()['remoteActionId']}"), "RemoteAction")


@pytest.mark.parametrize(
    ("name", "command"), [(entry.name, command) for entry in REMOTE_TYPES.values() for command in entry.commands]
)
def test_every_ready_made_command_ends(command_world, name: str, command):
    simulator, webhook, callback = command_world
    body = {"label": "ours", REMOTE_TYPES[name].v3.key: command.payload}
    sent = simulator.send(vehicle_of("awake"), callback, body)
    assert sent.end()[0] in ("Success", "AlreadyDone") or sent.end()[1] == "NotPossibleDueToVehicleStolenState"
    assert sent.read()["remote"] == body
    assert sent.read()["type"] == REMOTE_TYPES[name].v3.type_name
    webhook.wait_done(sent)


@pytest.fixture(scope="module")
def command_world(tmp_path_factory):
    webhook = Webhook()
    simulator = Simulator(tmp_path_factory.mktemp("commands") / "world.sqlite", "--speed", "100").start()
    try:
        yield simulator, webhook, simulator.subscribe(webhook.url)
    finally:
        simulator.stop()
        webhook.close()


def test_pages_follow_each_other(simulator: Simulator, webhook: Webhook):
    vehicles = f"/fleets/{OTHER.id}/vehicles"
    seen, page, number = [], simulator.get(vehicles, pageSize=7), 1
    while True:
        assert (page["total"], page["totalPage"], page["currentPage"]) == (30, 5, number)
        seen += [item["vin"] for item in page["_embedded"]["vehicles"]]
        if "next" not in page["_links"]:
            break
        page, number = simulator.get(page["_links"]["next"]["href"]), number + 1
    assert seen == [vehicle.vin for vehicle in OTHER.vehicles]
    ranged = simulator.get(vehicles, indexRange="5-9", pageSize=3)
    assert [item["vin"] for item in ranged["_embedded"]["vehicles"]] == seen[5:8]
    rest = simulator.get(ranged["_links"]["next"]["href"])
    assert [item["vin"] for item in rest["_embedded"]["vehicles"]] == seen[8:10]
    assert "next" not in rest["_links"]
    found = simulator.get(vehicles, vinPrefix="VF3")["_embedded"]["vehicles"]
    assert [item["vin"] for item in found] == [vin for vin in seen if vin.startswith("VF3")]


def test_new_actions_shift_no_page(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    ids = [simulator.send(vehicle_of("awake"), callback, {"horn": {"state": "Activated"}}).id for _ in range(4)]
    first = simulator.get(remotes(callback), pageSize=2)
    ids.append(simulator.send(vehicle_of("awake"), callback, {"lights": {"on": True}}).id)
    second = simulator.get(first["_links"]["next"]["href"])
    shown = [item["remoteActionId"] for page in (first, second) for item in page["_embedded"]["remoteActions"]]
    assert shown == ids[3::-1]


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"pageSize": "0"}, "pageSize"),
        ({"pageSize": "61"}, "pageSize"),
        ({"pageSize": "x"}, "pageSize"),
        ({"indexRange": "9"}, "indexRange"),
        ({"pageToken": "abcd"}, "pageToken"),
        ({"pageToken": "é"}, "pageToken"),
    ],
)
def test_refused_parameters(command_world, params, word):
    simulator, _, _ = command_world
    assert refused(simulator.call("GET", "/fleets", **params), 400).startswith(word)


def test_callback_life(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url, remoteTypes=["Doors", "Horn"], label="mine")
    address = f"{CALLBACKS}/{callback}"
    simulator.subscribe(webhook.url, remoteTypes=["Lights"])
    everything = simulator.subscribe(webhook.url)
    found = simulator.get(CALLBACKS, types="Horn")["_embedded"]["callbacks"]
    assert [item["id"] for item in found] == [everything, callback]
    document = simulator.get(address)
    assert (document["status"], document["subscribe"]["label"]) == ("Running", "mine")
    changed = {**document["subscribe"], "label": "yours"}
    answer = simulator.call("PUT", address, changed)
    assert (answer.status_code, answer.json()["callbackId"]) == (202, callback)
    assert simulator.get(address)["subscribe"] == changed
    answer = simulator.call("PUT", f"{address}/status", {"status": "Paused"})
    assert (answer.status_code, answer.json()["status"]) == (202, "Paused")
    refused(simulator.call("PUT", f"{address}/status", {"status": "Failed"}), 400)
    assert simulator.call("DELETE", address).status_code == 204
    refused(simulator.call("GET", address), 404)


def test_callback_stays_while_an_action_is_pending(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle_of("asleep"), callback, UNLOCK)
    assert "pending" in refused(simulator.call("DELETE", f"{CALLBACKS}/{callback}"), 400)
    sent.end()
    assert simulator.call("DELETE", f"{CALLBACKS}/{callback}").status_code == 204


def test_refused_remotes(simulator: Simulator, webhook: Webhook):
    doors = simulator.subscribe(webhook.url, remoteTypes=["Doors"])
    assert "Horn" in refused(simulator.call("POST", remotes(doors), {"horn": {"state": "Activated"}}), 400)
    assert "door.state" in refused(simulator.call("POST", remotes(doors), {"door": {"state": "Ajar"}}), 400)
    assert "wakeUp" in refused(simulator.call("POST", remotes(doors), {"doors": {}}), 400)
    assert "callback" in refused(simulator.call("POST", CALLBACKS, {"label": "x"}), 400)
    thermic = next(vehicle for vehicle in OTHER.vehicles if vehicle.motorization == "Thermic")
    fleet = OTHER.id
    webhook_body = {"callback": {"webhook": {"target": webhook.url, "name": "test"}}}
    other = simulator.call("POST", f"/fleets/{fleet}/remote/callbacks", webhook_body).json()["callbackId"]
    path = f"/fleets/{fleet}/vehicles/{thermic.id}/callbacks/{other}/remotes"
    assert "can't do" in refused(simulator.call("POST", path, {"charging": {"immediate": True}}), 400)
    headers = {"Content-Type": "application/json"}
    for text in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"door": NaN}'):
        url = f"{simulator.url}/connectedcar/v3{remotes(doors)}"
        params = {"client_id": CLIENT_ID}
        answer = requests.post(url, data=text, headers=headers, params=params, auth=(USER, PASSWORD), timeout=5)
        refused(answer, 400)


def test_unknown_ids(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle_of("awake"), callback, UNLOCK)
    other, vehicle = OTHER, vehicle_of("awake").id
    for path in (
        "/fleets/abc",
        "/fleets/abc/vehicles",
        f"/fleets/{FLEET.id}/vehicles/abc",
        f"/fleets/{other.id}/vehicles/{vehicle}",
        f"/fleets/{other.id}/vehicles/{vehicle}/status",
        f"/fleets/{other.id}/remote/callbacks/{callback}",
        f"{remotes(callback)}/abc",
        f"{remotes(callback, 'asleep')}/{sent.id}",
        "/nowhere",
    ):
        refused(simulator.call("GET", path), 404)
    refused(simulator.call("POST", remotes("abc"), UNLOCK), 404)
    refused(simulator.call("PATCH", "/fleets"), 405)


def test_rate_limits(start_simulator):
    simulator = start_simulator("--burst-limit", "5", "--day-limit", "1000")
    answers = [simulator.call("GET", "/fleets") for _ in range(12)]
    first = answers[0].headers
    assert (first["X-RateLimit-Limit-1"], first["X-RateLimit-Limit-2"]) == ("1000", "5")
    assert (first["X-RateLimit-Remaining-1"], first["X-RateLimit-Remaining-2"]) == ("999", "4")
    limited = next(answer for answer in answers if answer.status_code == 429)
    refused(limited, 429)
    assert limited.headers["Retry-After"] == limited.headers["X-RateLimit-Reset"] == "1"
    assert limited.headers["X-RateLimit-Remaining-2"] == "0"
