"""An API client with one fleet, and a stranger with another."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from fleets.models import ApiClient, Fleet, Gateway, UpstreamFleet, Vehicle
from fleets.programs import trust
from fleets.storage.redis import client as redis_client
from protocol.catalogue import TWO_PEOPLE

BASE = "/connectedcar/v3"


@dataclass
class Caller:
    """Calls our API as one API client."""

    row: ApiClient
    secret: str
    http: Client
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, body: Any = None, *, query: str = "") -> Any:
        basic = base64.b64encode(f"{self.row.username}:{self.secret}".encode()).decode()
        return self.http.generic(
            method,
            f"{BASE}{path}?client_id={self.row.client_id}{query}",
            body if isinstance(body, bytes | str) else _json(body),
            content_type="application/json",
            headers={"Authorization": f"Basic {basic}", **self.headers},
        )

    def get(self, path: str, query: str = "") -> Any:
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any) -> Any:
        return self.request("POST", path, body)


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)


@dataclass
class World:
    fleet: Fleet
    vehicle: Vehicle
    caller: Caller


def _world(name: str, vin: str) -> World:
    gateway = Gateway.objects.create(name=name, base_url="http://127.0.0.1:9/connectedcar/v3")
    fleet = Fleet.objects.create(name=name)
    UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id="f1")
    vehicle = Vehicle.objects.create(vin=vin, fleet=fleet, gateway=gateway, upstream_id="v1", motorization="Electric")
    row = ApiClient(client_id=f"{name}-id", name=name, username=name)
    secret = row.new_secret()
    row.fleets.add(fleet)
    return World(fleet, vehicle, Caller(row, secret, Client()))


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Rows of one test have the primary keys of another's, and counters are kept under them."""
    redis_client().flushdb()


@pytest.fixture
def ours(db: None) -> World:
    return _world("ours", "VF3ABCDE0FG123456")


@pytest.fixture
def theirs(db: None) -> World:
    return _world("theirs", "VF7ABCDE0FG123457")


def trusted(world: World) -> World:
    """Its client may send alone what needs a second person, as the demo's may: published clients work unchanged."""
    trust.set_up(world.caller.row, world.fleet, TWO_PEOPLE)
    return world


@contextmanager
def one_connection() -> Iterator[None]:
    """The test's transaction outlives its requests, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


SUBSCRIBE = {
    "label": "night shift",
    "retryPolicy": {"policy": "Bounded", "retryNumber": 5, "retryDelay": 60},
    "callback": {"webhook": {"target": "https://example.com/hook", "name": "hook", "attributes": []}},
    "remoteTypes": ["Doors", "Horn"],
}


@pytest.fixture
def callback_id(ours: World) -> str:
    return ours.caller.post(f"/fleets/{ours.fleet.public_id}/remote/callbacks", SUBSCRIBE).json()["callbackId"]
