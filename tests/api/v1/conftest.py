"""Calls v1 with a token of the API client of tests/api/conftest.py."""

import json
from collections import ChainMap
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from fleets.models import ApiClient
from tests.api.conftest import World

BASE = "/api/connectedcar/v1"
TOKEN_URL = "/as/token.oauth2"
FORM = "application/x-www-form-urlencoded"


def ask_for_token(http: Client, *headers: dict[str, str], **fields: str) -> Any:
    """The answer of the token endpoint to a form with these fields, and with those headers, if any."""
    asked = {"grant_type": "client_credentials", **fields}
    return http.post(TOKEN_URL, urlencode(asked), FORM, headers=dict(ChainMap(*headers)))


@dataclass
class V1Caller:
    """Calls our v1 API as one API client, with a token of its own."""

    row: ApiClient
    secret: str
    http: Client
    scopes: str = ""
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, scopes: str = "") -> "V1Caller":
        """The same client with a token of these scopes; all that it may have where none are named."""
        asked = {"scope": scopes} if scopes else {}
        answer = ask_for_token(self.http, client_id=self.row.client_id, client_secret=self.secret, **asked)
        assert answer.status_code == 200, answer.content
        return V1Caller(self.row, self.secret, self.http, scopes, answer.json()["access_token"])

    def request(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        return self.http.generic(
            method,
            f"{BASE}{path}{query}",
            body if isinstance(body, bytes | str) else "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **self.headers},
        )

    def get(self, path: str, query: str = "") -> Any:
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any) -> Any:
        return self.request("POST", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.request("PUT", path, body)

    def channel(self, **changes: Any) -> str:
        """Registers a channel and gives its id."""
        answer = self.post("/accounts/channels", {**CHANNEL, **changes})
        assert answer.status_code == 200, answer.content
        return str(answer.json()["channelId"])


CHANNEL: dict[str, Any] = {
    "label": "night shift",
    "channel": {"webhook": {"target": "https://example.com/hook", "name": "hook", "attributes": []}},
}
LOCK = {"label": "gate 3", "action": {"locking": {"state": "Locked"}}}


def v1_of(world: World) -> V1Caller:
    """World's API client, as a caller of v1."""
    return V1Caller(world.caller.row, world.caller.secret, Client()).sign_in()


@pytest.fixture
def us(ours: World) -> V1Caller:
    return v1_of(ours)


@pytest.fixture
def them(theirs: World) -> V1Caller:
    return v1_of(theirs)


@pytest.fixture
def channel_id(us: V1Caller) -> str:
    return us.channel()


@pytest.fixture
def remotes(ours: World, channel_id: str) -> str:
    """The path of our vehicle's remotes on our channel."""
    return f"/accounts/vehicles/{ours.vehicle.public_id}/channels/{channel_id}/remotes"
