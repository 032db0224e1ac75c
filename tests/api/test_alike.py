"""API, gateway and simulator take the same bodies: what one accepts all accept, what one refuses all refuse alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.interface import Account
from gateways.v3 import V3Client
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.v3 import encode_remote
from remotes.models import RemoteAction
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.long_form import examples
from tests.simulator.driving import FLEET, Simulator, vehicle_of
from tests.strategies import bodies, broken_bodies

from .conftest import World, trusted

TYPES = list(REMOTE_TYPES.values())
VEHICLE = vehicle_of("awake")
alike = settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Cloud:
    """A simulator, a callback there, and our gateway to it."""

    simulator: Simulator
    callback_id: str
    gateway: V3Client

    @property
    def remotes(self) -> str:
        return f"/fleets/{FLEET.id}/vehicles/{VEHICLE.id}/callbacks/{self.callback_id}/remotes"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    simulator = Simulator(tmp_path_factory.mktemp("alike") / "world.sqlite", "--speed", "1000").start()
    callback_id = simulator.subscribe("http://127.0.0.1:9/nobody", retryPolicy={"policy": "None"})
    simulator.call("PUT", f"/fleets/{FLEET.id}/remote/callbacks/{callback_id}/status", {"status": "Paused"})
    base = f"{simulator.url}/connectedcar/v3"
    yield Cloud(simulator, callback_id, V3Client(Account("v3", base, CLIENT_ID, USER, PASSWORD)))
    simulator.stop()


@pytest.fixture
def remotes(ours: World) -> str:
    """The path of our vehicle's remotes under a callback that takes every type, for a client that sends all alone."""
    trusted(ours)
    ours.caller.row.burst_limit = 100_000
    ours.caller.row.save()
    hook = {"callback": {"webhook": {"target": "https://example.com", "name": "hook"}}}
    made = ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", hook).json()
    return f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/callbacks/{made['callbackId']}/remotes"


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@alike
@given(data=st.data())
def test_a_valid_body_goes_all_the_way_and_comes_back_the_same(
    ours: World, remotes: str, cloud: Cloud, entry: RemoteType, data: st.DataObject
) -> None:
    body = data.draw(bodies(entry.name))
    taken = ours.caller.post(remotes, body)
    assert taken.status_code == 202, taken.content
    own_id = taken.json()["remoteActionId"]
    assert ours.caller.get(f"{remotes}/{own_id}").json()["remote"] == body
    action = RemoteAction.objects.get(public_id=own_id)
    sent = Remote(action.type, action.payload, action.label, action.extra)
    prepared = cloud.gateway.prepare(FLEET.id, VEHICLE.id, cloud.callback_id, sent)
    upstream_id = cloud.gateway.send(prepared)
    read = cloud.simulator.get(f"{cloud.remotes}/{upstream_id}")
    assert (read["remote"], read["type"]) == (body, entry.v3.type_name)
    assert encode_remote(sent) == body


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@alike
@given(data=st.data())
def test_a_broken_body_is_refused_everywhere_with_its_path(
    ours: World, remotes: str, cloud: Cloud, entry: RemoteType, data: st.DataObject
) -> None:
    body, path = data.draw(broken_bodies(entry.name))
    own = ours.caller.post(remotes, body)
    upstream = cloud.simulator.call("POST", cloud.remotes, body)
    for answer in (own, upstream):
        assert answer.status_code == 400, answer.content
        assert answer.json()["message"].startswith(f"{path}: "), answer.json()
    assert own.json()["message"] == upstream.json()["message"]


@pytest.mark.parametrize(
    "body",
    [{}, {"windows": {}}, {"door": {"state": "Locked"}, "horn": {"state": "Activated"}}, [], "door", None],
    ids=repr,
)
def test_what_is_no_single_action_is_refused_everywhere(ours: World, remotes: str, cloud: Cloud, body: Any) -> None:
    own = ours.caller.request("POST", remotes, "null" if body is None else body)
    upstream = cloud.simulator.call("POST", cloud.remotes, body)
    assert (own.status_code, upstream.status_code) == (400, 400)
    if isinstance(body, dict):
        assert all(known.v3.key in answer.json()["message"] for known in TYPES for answer in (own, upstream))
