"""Clouds of one vehicle each, over real HTTP, and who asks them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.clouds import tokens, v1, v3
from tests.clouds.web import Server

WEBHOOK = {"target": "http://127.0.0.1:9/", "name": "we"}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Meanwhile."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Client:
    """Asks it over HTTP; `remotes` is the path of its vehicle's remote actions, `body` a Horn."""

    def __init__(self, server: Server) -> None:
        self.root = f"http://127.0.0.1:{server.server_port}"
        self.book = server.book
        self.vehicle = next(iter(self.book.vehicles))
        self.headers = {"Authorization": "Basic eA=="}
        self.client_id = tokens.CLIENT

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The document of a 2xx answer; urllib.error.HTTPError otherwise."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        request = Request(f"{self.root}{path}?client_id={self.client_id}", data, headers, method=method)
        with urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and document of an answer that is none."""
        with pytest.raises(HTTPError) as caught:
            self.ask(method, path, body)
        return caught.value.code, json.loads(caught.value.read())


class V3(Client):
    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.callbacks = f"{v3.BASE}/fleets/{self.book.fleet}/remote/callbacks"
        subscribe = {"callback": {"webhook": WEBHOOK}, "remoteTypes": ["Horn"]}
        self.callback = self.ask("POST", self.callbacks, subscribe)["callbackId"]
        self.of_vehicle = f"{v3.BASE}/fleets/{self.book.fleet}/vehicles/{self.vehicle}"
        self.remotes = f"{self.of_vehicle}/callbacks/{self.callback}/remotes"

    def horn(self, label: str) -> dict[str, Any]:
        return {"label": label, "horn": {"state": "Activated"}}


class V1(Client):
    """With a token of every scope."""

    def __init__(self, server: v1.Cloud, attributes: Any = ()) -> None:
        super().__init__(server)
        self.cloud = server
        self.take_token()
        self.channels = f"{v1.BASE}/accounts/channels"
        subscribe = {"label": "ours", "channel": {"webhook": {**WEBHOOK, "attributes": list(attributes)}}}
        self.callback = self.ask("POST", self.channels, subscribe)["channelId"]
        self.of_vehicle = f"{v1.BASE}/accounts/vehicles/{self.vehicle}"
        self.remotes = f"{self.of_vehicle}/channels/{self.callback}/remotes"

    def take_token(self, **form: str) -> dict[str, Any]:
        """Ask for one, and use it from now on."""
        given: dict[str, Any] = ask_token(self.cloud.tokens.url, client_id=self.client_id, **form)
        self.headers = {"Authorization": f"Bearer {given['access_token']}"}
        return given

    def horn(self, label: str) -> dict[str, Any]:
        return {"label": label, "action": {"horn": {"state": "Activated"}}}


def ask_token(url: str, context: Any = None, headers: Any = None, **form: str) -> Any:
    """The answer of a token endpoint, by the secret in the form unless the form says otherwise."""
    words = {"grant_type": "client_credentials", "client_secret": tokens.SECRET, **form}
    data = urlencode({name: value for name, value in words.items() if value}).encode()
    with urlopen(Request(url, data, headers or {}, method="POST"), timeout=10, context=context) as answer:
        return json.loads(answer.read())


@pytest.fixture
def of_v3() -> Iterator[V3]:
    with serving(v3.cloud(0, 1)) as server:
        yield V3(server)


@pytest.fixture
def of_v1() -> Iterator[V1]:
    cloud = v1.cloud(0, 1)
    with serving(cloud):
        yield V1(cloud)
    cloud.tokens.close()


@pytest.fixture(params=["v3", "v1"])
def client(request: pytest.FixtureRequest) -> Any:
    """Of either."""
    return request.getfixturevalue(f"of_{request.param}")
