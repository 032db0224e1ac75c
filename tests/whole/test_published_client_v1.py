"""A client generated from the published file of v1 works against FleetRemote unchanged."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import requests

from protocol.v1 import scopes
from tests.generated_client import embedded, generated_client
from tests.running import Running
from tests.waiting import wait_until

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "protocol" / "connected-car-v1.yaml"
pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="the published OpenAPI files are not beside this checkout"
)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the generated package, importable."""
    with generated_client(PUBLISHED, "published_client_v1", tmp_path_factory.mktemp("generated_v1")) as package:
        yield package


class Published:
    """Calls the generated functions by their operation, with a token."""

    def __init__(self, package: str, running: Running) -> None:
        api = running.demo["api"]["v1"]
        self.package = package
        self.models: ModuleType = importlib.import_module(f"{package}.models")
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes.ALL)}
        secret = {"client_id": api["client_id"], "client_secret": api["client_secret"]}
        answer = requests.post(api["token_url"], {**form, **secret}, timeout=20)
        assert answer.status_code == 200, answer.text
        client: Any = importlib.import_module(f"{package}.client")
        self.client = client.AuthenticatedClient(
            base_url=api["url"], token=answer.json()["access_token"], raise_on_unexpected_status=True
        ).with_timeout(httpx.Timeout(20))

    def call(self, operation: str, status: int, *path: str, **options: Any) -> Any:
        module: Any = importlib.import_module(f"{self.package}.api.{operation}")
        answer = module.sync_detailed(*path, client=self.client, **options)
        assert answer.status_code == status, answer.content
        return answer.parsed

    def remote(self, **body: Any) -> Any:
        return self.models.Remote.from_dict(body)

    def subscribe(self, label: str) -> Any:
        webhook = {"target": "https://example.com/hook", "name": "hook", "attributes": []}
        return self.models.ChannelSubscribe.from_dict({"label": label, "channel": {"webhook": webhook}})


@pytest.fixture
def published(generated: str, running: Running) -> Published:
    return Published(generated, running)


def test_vehicles_and_what_they_can_do(published: Published, running: Running) -> None:
    known = {vehicle["vin"]: vehicle["id"] for fleet in running.demo["fleets"] for vehicle in fleet["vehicles"]}
    found = published.call("vehicles.get_vehicles", 200, page_size=500)
    assert found.total == len(known)
    assert {item["vin"] for item in embedded(found, "vehicles")} == set(known)
    for vin, vid in known.items():
        assert published.call("vehicles.get_vehicle_byid", 200, vid).vin == vin

    def is_known() -> bool:
        capability = published.call("vehicles.get_vehicle_capability_byid", 200, next(iter(known.values())))
        return bool(capability.onboard_capabilities)

    wait_until(is_known, "the vehicle's capabilities to be read", 30)
    error: Any = importlib.import_module(f"{published.package}.api.vehicles.get_vehicle_byid")
    published.client.raise_on_unexpected_status = False
    answer = error.sync_detailed("0000", client=published.client)
    assert (answer.status_code, b"NOT_FOUND" in answer.content) == (404, True)


@pytest.mark.parametrize("place", [0, 1], ids=["behind v3", "behind v1"])
def test_the_life_of_a_channel_and_its_remotes(published: Published, running: Running, place: int) -> None:
    """The demo's first fleet is reached by v3, its second by v1."""
    vehicles = running.demo["fleets"][place]["vehicles"]
    vehicle = next(item for item in vehicles if item["profile"] == "awake")["id"]
    made = published.call("channels.post_channels", 200, body=published.subscribe("generated"))
    channel = made.channel_id
    read = published.call("channels.get_channels_by_id", 200, channel)
    assert (read.id, read.status, read.subscribe.label) == (channel, "Running", "generated")
    listed = published.call("channels.get_channels", 200)
    assert channel in {item["id"] for item in embedded(listed, "channels")}
    published.call("channels.put_channels_by_id", 202, channel, body=published.subscribe("renamed"))
    setter = published.models.ChannelStatusSetter.from_dict
    for status in ("Paused", "Running"):
        changed = published.call("channels.set_channel_status", 202, channel, body=setter({"status": status}))
        assert changed.status == status

    body = published.remote(label="generated", action={"lights": {"state": "Activated"}})
    sent = published.call("remotes.send_vehicle_remotes", 202, vehicle, channel, body=body)
    assert sent.type_ == "Lights"

    def done() -> bool:
        action = published.call("remotes.get_vehicle_remote_by_id", 200, vehicle, channel, sent.remote_action_id)
        assert action.remote.label == "generated"
        return action.status in ("Success", "AlreadyDone")

    wait_until(done, "the lights to be on", 30)
    actions = published.call("remotes.get_vehicle_remotes", 200, vehicle, channel)
    assert [item["remoteActionId"] for item in embedded(actions, "remoteActions")] == [sent.remote_action_id]
    published.call("channels.delete_channels_by_id", 204, channel)
