"""A client generated from the manufacturer's published file works against FleetRemote unchanged."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.generated_client import embedded, generated_client
from tests.running import Running
from tests.waiting import wait_until

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "protocol" / "fleet-owner-v3.yaml"
pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="the published OpenAPI files are not beside this checkout"
)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the generated package, importable."""
    with generated_client(PUBLISHED, "published_client", tmp_path_factory.mktemp("generated")) as package:
        yield package


class Published:
    """Calls the generated functions by their operation."""

    def __init__(self, package: str, running: Running) -> None:
        api = running.demo["api"]
        self.package = package
        self.models: ModuleType = importlib.import_module(f"{package}.models")
        client: Any = importlib.import_module(f"{package}.client")
        self.client = client.Client(base_url=api["v3"], raise_on_unexpected_status=True).set_httpx_client(
            httpx.Client(
                base_url=api["v3"],
                auth=(api["user"], api["password"]),
                params={"client_id": api["client_id"]},
                timeout=20,
            )
        )

    def call(self, operation: str, status: int, *path: str, **options: Any) -> Any:
        module: Any = importlib.import_module(f"{self.package}.api.{operation}")
        answer = module.sync_detailed(*path, client=self.client, **options)
        assert answer.status_code == status, answer.content
        return answer.parsed

    def remote(self, **body: Any) -> Any:
        return self.models.Remote.from_dict(body)

    def subscribe(self, name: str) -> Any:
        webhook = {"target": "https://example.com/hook", "name": name, "attributes": []}
        body = {"callback": {"webhook": webhook}, "remoteTypes": ["Doors", "Lights", "WakeUp"]}
        return self.models.RemoteCallbackSubscribe.from_dict(body)


@pytest.fixture
def published(generated: str, running: Running) -> Published:
    return Published(generated, running)


def test_fleets_and_vehicles(published: Published, running: Running) -> None:
    fleets = published.call("fleet.get_fleets", 200, page_size=1)
    assert fleets.total == 2
    fleet = published.call("fleet.get_fleet", 200, running.fleet["id"])
    assert (fleet.id, fleet.name) == (running.fleet["id"], running.fleet["name"])
    vehicles = published.call("vehicles.get_vehicles_by_device", 200, fleet.id, vin_prefix="VF3")
    assert {item["vin"][:3] for item in embedded(vehicles, "vehicles")} == {"VF3"}
    wanted = running.fleet["vehicles"][0]
    vehicle = published.call("vehicles.get_vehicle_byid", 200, fleet.id, wanted["id"])
    assert vehicle.vin == wanted["vin"]
    error = published.call("fleet.get_fleet", 404, "0000")
    assert error.code == 40499


def test_the_life_of_a_callback_and_its_remotes(published: Published, running: Running) -> None:
    fleet = running.fleet["id"]
    vehicle = next(item for item in running.fleet["vehicles"] if item["profile"] == "awake")["id"]
    made = published.call("remote.set_fleet_vehicle_remote", 200, fleet, body=published.subscribe("generated"))
    callback = made.callback_id
    read = published.call("remote.get_fleet_remoteby_id", 200, fleet, callback)
    assert (read.id, read.status, read.subscribe.callback.webhook.name) == (callback, "Running", "generated")
    listed = published.call("remote.get_fleet_remotes", 200, fleet, index_range="0-")
    assert callback in {item["id"] for item in embedded(listed, "callbacks")}
    published.call("remote.set_fleet_vehicle_remote_by_id", 202, fleet, callback, body=published.subscribe("renamed"))
    setter = published.models.RemoteCallbacksStatusSetter.from_dict
    for status in ("Paused", "Running"):
        body = setter({"status": status})
        assert (
            published.call("remote.set_flee_remote_callback_status", 202, fleet, callback, body=body).status == status
        )

    body = published.remote(label="generated", lights={"on": True})
    sent = published.call("remote.send_remote_to_vhl", 202, fleet, vehicle, callback, body=body)
    assert sent.type_ == "Lights"

    def done() -> bool:
        place = (fleet, vehicle, callback, sent.remote_action_id)
        action = published.call("remote.get_remote_request_for_vhl_by_id", 200, *place)
        assert action.remote.label == "generated"
        return action.status in ("Success", "AlreadyDone")

    wait_until(done, "the lights to be on", 30)
    actions = published.call("remote.get_remote_requests_for_vhl", 200, fleet, vehicle, callback)
    assert [item["remoteActionId"] for item in embedded(actions, "remoteActions")] == [sent.remote_action_id]

    def status_is_read() -> bool:
        status: Any = importlib.import_module(f"{published.package}.api.vehicles.get_fleet_vehicle_status")
        answer = status.sync_detailed(fleet, vehicle, client=published.client)
        return answer.status_code == 200 and answer.parsed.vin is not None

    wait_until(status_is_read, "the vehicle's status to be read", 30)
    published.call("remote.delete_fleet_remote", 204, fleet, callback)
    assert published.call("remote.get_fleet_remoteby_id", 404, fleet, callback).code == 40499
