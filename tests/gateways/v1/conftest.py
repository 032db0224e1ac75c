"""The small v1 cloud (tests/clouds/v1.py) over real HTTP, and clients that ask it."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateways.interface import Account, Exchange
from gateways.tokens import TokenStore
from gateways.v1 import V1Client
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from tests.clouds import tokens, v1
from tests.clouds.conftest import serving

TARGET = "http://127.0.0.1:9/webhook/aa/secret-of-now"
SUBSCRIBE = {
    "label": "FleetRemote",
    "callback": {"webhook": {"target": TARGET, "name": "FleetRemote"}},
    "remoteTypes": ["Doors"],
}


def horn(label: str = "Lyon 2", **more: Any) -> Remote:
    return Remote(REMOTE_TYPES["Horn"], {"state": "Activated"}, label, more)


@pytest.fixture
def cloud() -> Iterator[v1.Cloud]:
    """Two vehicles."""
    cloud = v1.cloud(0, 2)
    with serving(cloud):
        yield cloud
    cloud.tokens.close()


def account_at(cloud: v1.Cloud, **values: Any) -> Account:
    given: dict[str, Any] = {
        "client_id": tokens.CLIENT,
        "client_secret": tokens.SECRET,
        "token_url": cloud.tokens.url,
        "name": "Nantes",
        **values,
    }
    return Account("v1", cloud.url, username="", password="", **given)


def client_at(cloud: v1.Cloud, store: TokenStore | None = None, **values: Any) -> V1Client:
    return V1Client(account_at(cloud, **values), store)


@pytest.fixture
def client(cloud: v1.Cloud) -> V1Client:
    return client_at(cloud)


class Watching:
    """An observer, and a giver of leave, that remember. `over` are the requests that have ended."""

    def __init__(self) -> None:
        self.told: list[Exchange] = []
        self.leaves = 0

    def observe(self, exchange: Exchange) -> None:
        self.told.append(exchange)

    def leave(self) -> None:
        self.leaves += 1

    @property
    def over(self) -> list[Exchange]:
        return [exchange for exchange in self.told if exchange.duration is not None]

    def watched(self, client: V1Client) -> V1Client:
        return client.observed_by(self.observe, self.leave)


@pytest.fixture
def watching() -> Watching:
    return Watching()


def channel_of(client: V1Client) -> str:
    return client.register("account", SUBSCRIBE)


def post(client: V1Client, cloud: v1.Cloud, channel: str, label: str = "Lyon 2") -> str:
    return client.send(client.prepare("account", vehicle_of(cloud), channel, horn(label)))


def vehicle_of(cloud: v1.Cloud) -> str:
    return next(iter(cloud.book.vehicles))


def came(cloud: v1.Cloud) -> list[str]:
    """The labels of what has come in for the vehicle."""
    return [label for _, label, _ in cloud.book.records[vehicle_of(cloud)].came]
