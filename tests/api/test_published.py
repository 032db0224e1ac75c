"""Held to the published files: what API and simulator answer, what the gateway sends, what the simulator posts."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleets.models import UpstreamFleet
from gateways.interface import Account, GatewayError
from gateways.v3 import V3Client
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.v3 import decode_remote
from remotes.registration.registration import check
from simulator.vehicles.profiles import PROFILES
from tests.long_form import examples
from tests.published import WEBHOOK, hold
from tests.simulator.driving import FLEET, Simulator, Webhook, vehicle_of
from tests.strategies import bodies

from .conftest import World, trusted

TYPES = list(REMOTE_TYPES.values())


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path_factory.mktemp("published") / "world.sqlite", "--speed", "200").start()
    yield simulator
    simulator.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    receiver = Webhook()
    yield receiver
    receiver.close()


@dataclass
class Face:
    """One of the two servers that speak the published API, with the ids of a vehicle there."""

    fid: str
    vid: str
    call: Callable[..., Any]

    def ask(self, method: str, path: str, status: int, schema: str, body: Any = None) -> Any:
        """Hold the answer of one endpoint to its published schema; gives it."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, answer.content)
        wanted = "application/json" if schema == "xError" else "application/hal+json"
        assert answer.headers["Content-Type"].startswith(wanted)
        hold(answer.json(), schema)
        return answer.json()


@pytest.fixture(params=["api", "simulator"])
def face(request: pytest.FixtureRequest, ours: World, simulator: Simulator) -> Face:
    vehicle = vehicle_of("awake")
    if request.param == "simulator":
        return Face(FLEET.id, vehicle.id, simulator.call)
    ours.vehicle.state = simulator.get(f"/fleets/{FLEET.id}/vehicles/{vehicle.id}/status")
    ours.vehicle.state_read_at = timezone.now()
    ours.vehicle.save()
    return Face(ours.fleet.public_id, ours.vehicle.public_id, ours.caller.request)


HOOK = {"callback": {"webhook": {"target": "http://127.0.0.1:9/nobody", "name": "hook"}}}


def test_every_answer_has_its_published_shape(face: Face, ours: World) -> None:
    trusted(ours)
    fleet = f"/fleets/{face.fid}"
    vehicle = f"{fleet}/vehicles/{face.vid}"
    callbacks = f"{fleet}/remote/callbacks"
    face.ask("GET", "/fleets", 200, "Fleets")
    face.ask("GET", fleet, 200, "Fleet")
    face.ask("GET", f"{fleet}/vehicles", 200, "Vehicles")
    face.ask("GET", vehicle, 200, "Vehicle")
    face.ask("GET", f"{vehicle}/status", 200, "Status")
    # Without remoteTypes, which the published schema demands of what is read.
    callback_id = face.ask("POST", callbacks, 200, "CallbackRef", HOOK)["callbackId"]
    face.ask("GET", callbacks, 200, "RemoteCallbacks")
    face.ask("GET", f"{callbacks}/{callback_id}", 200, "RemoteCallback")
    face.ask("PUT", f"{callbacks}/{callback_id}", 202, "CallbackRef", {**HOOK, "remoteTypes": []})
    for status in ("Paused", "Running", "Paused"):
        face.ask("PUT", f"{callbacks}/{callback_id}/status", 202, "CallbackRef", {"status": status})
    remotes = f"{vehicle}/callbacks/{callback_id}/remotes"
    for entry in TYPES:
        body = {"label": "x", entry.v3.key: entry.features[0].payload}
        action_id = face.ask("POST", remotes, 202, "RemotePostResponse", body)["remoteActionId"]
        face.ask("GET", f"{remotes}/{action_id}", 200, "RemoteAction")
    face.ask("GET", remotes, 200, "RemoteActions")
    face.ask("DELETE", f"{callbacks}/0000", 404, "xError")


@pytest.mark.parametrize("entry", [entry for entry in TYPES if entry.two_people], ids=lambda entry: entry.name)
def test_what_needs_a_second_person_has_the_published_shapes_too(ours: World, entry: RemoteType) -> None:
    face = Face(ours.fleet.public_id, ours.vehicle.public_id, ours.caller.request)
    callback_id = face.ask("POST", f"/fleets/{face.fid}/remote/callbacks", 200, "CallbackRef", HOOK)["callbackId"]
    remotes = f"/fleets/{face.fid}/vehicles/{face.vid}/callbacks/{callback_id}/remotes"
    dangerous = next(feature.payload for feature in entry.features if not entry.is_release(feature.payload))
    body = {"label": "x", entry.v3.key: dangerous}
    face.ask("POST", remotes, 400, "xError", body)
    ours.caller.headers = {"X-Reason": "Not returned."}
    action_id = face.ask("POST", remotes, 202, "RemotePostResponse", body)["remoteActionId"]
    read = face.ask("GET", f"{remotes}/{action_id}", 200, "RemoteAction")
    assert (read["state"], "status" in read) == ("waiting-approval", False)
    face.ask("GET", remotes, 200, "RemoteActions")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/fleets/0000", None, 404),
        ("GET", "/fleets/{fid}/vehicles/0000/status", None, 404),
        ("POST", "/fleets/{fid}/remote/callbacks", {"callback": 1}, 400),
        ("PUT", "/fleets/{fid}/remote/callbacks/0000", HOOK, 404),
        ("PUT", "/fleets/{fid}/remote/callbacks/0000/status", {"status": "Paused"}, 404),
        ("POST", "/fleets/{fid}/vehicles/{vid}/callbacks/0000/remotes", {"door": {"state": "Locked"}}, 404),
        ("GET", "/fleets/{fid}/vehicles/{vid}/callbacks/0000/remotes/0000", None, 404),
    ],
)
def test_every_error_has_the_published_shape(face: Face, method: str, path: str, body: Any, status: int) -> None:
    error = face.ask(method, path.format(fid=face.fid, vid=face.vid), status, "xError", body)
    assert error["code"] // 100 == status


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_the_gateway_sends_is_a_published_remote(webhook: Webhook, entry: RemoteType, data: st.DataObject) -> None:
    gateway = V3Client(Account("v3", webhook.url, "id", "user", "password"))
    remote = decode_remote(data.draw(bodies(entry.name)))
    with suppress(GatewayError):
        gateway.send(gateway.prepare("f", "v", "c", remote))
    sent = webhook.received[-1]
    assert sent.path.endswith("/fleets/f/vehicles/v/callbacks/c/remotes")
    hold(_with_starts(sent.body), "Remote")


def _with_starts(body: dict[str, Any]) -> dict[str, Any]:
    """The schema asks every program for a start, and says itself that Delete needs the slot only."""
    programs = body.get("preconditioning", {}).get("airConditioning", {}).get("programs", [])
    for program in programs:
        if program.get("actionsType") == "Delete":
            program.setdefault("start", "PT0H")
    return body


def test_the_callback_that_we_register_upstream_is_a_published_one(ours: World, webhook: Webhook) -> None:
    upstream = UpstreamFleet.objects.get(fleet=ours.fleet)
    upstream.gateway.base_url = webhook.url
    upstream.gateway.save()
    with suppress(GatewayError):
        check(upstream.pk)
    (sent,) = webhook.received
    assert sent.path.endswith("/fleets/f1/remote/callbacks")
    hold(sent.body, "RemoteCallbackSubscribe")


def test_what_the_simulator_posts_is_a_published_notification(simulator: Simulator, webhook: Webhook) -> None:
    attributes = [{"type": "Body", "key": "vehicle", "value": "$vin"}]
    callback_id = simulator.subscribe(webhook.url, attributes=attributes, batchNotify={"size": 3, "timeWindow": 5})
    sent = [
        simulator.send(vehicle_of(profile), callback_id, {entry.v3.key: entry.features[0].payload})
        for profile, entry in zip(PROFILES, TYPES, strict=False)
    ]
    for action in sent:
        webhook.wait_done(action)
    for request in webhook.received:
        hold(request.body, "RemoteEvents", WEBHOOK)
        assert request.body["callbackId"] == callback_id
