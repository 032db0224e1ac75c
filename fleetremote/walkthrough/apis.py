"""FleetRemote's two APIs as the demo's API client calls them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from fleetremote.walkthrough.features import JsonObject
from protocol.canonical import Remote
from protocol.statuses import DONE_STATUSES
from protocol.v1 import scopes, show_remote

SECONDS = 30.0
# Real seconds for FleetRemote's own work, whatever the simulator's speed.
PATIENCE = 60.0
LEAST_PAUSE, MOST_PAUSE = 0.1, 1.0


@dataclass(frozen=True)
class Place:
    """A vehicle as the demo describes it: the ids of its fleet and its own. `dialect`: of the API that reaches it."""

    fleet: str
    vehicle: str
    dialect: str


class DialectApi(Protocol):
    """What a walk does over an API, whichever it is. Raises requests.RequestException when it does not answer."""

    @property
    def dialect(self) -> str:
        """Its short name."""

    def subscribe(self, place: Place, target: str) -> str:
        """Register a webhook; the id that actions on the place name."""

    def unsubscribe(self, place: Place, subscription: str) -> None:
        """Delete it where it may be."""

    def body(self, remote: Remote) -> JsonObject:
        """A remote action as this API writes it, also where something in it has no place there."""

    def remotes(self, place: Place, subscription: str) -> str:
        """The path of the place's remote actions."""

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask once, and again as long as we are told to slow down."""


@dataclass(frozen=True)
class Api:
    """The Fleet Owner API v3."""

    session: requests.Session
    base: str
    dialect: str = "v3"

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask once, and again as long as we are told to slow down."""
        return patiently(lambda: self.session.request(method, self.base + path, json=body, timeout=SECONDS))

    def subscribe(self, place: Place, target: str) -> str:
        hook = {"target": target, "name": "walkthrough"}
        answer = self.call("POST", f"/fleets/{place.fleet}/remote/callbacks", {"callback": {"webhook": hook}})
        answer.raise_for_status()
        return str(answer.json()["callbackId"])

    def unsubscribe(self, place: Place, subscription: str) -> None:
        self.call("DELETE", f"/fleets/{place.fleet}/remote/callbacks/{subscription}")

    def body(self, remote: Remote) -> JsonObject:
        return {"label": remote.label, remote.remote_type.v3.key: remote.payload}

    def remotes(self, place: Place, subscription: str) -> str:
        return f"/fleets/{place.fleet}/vehicles/{place.vehicle}/callbacks/{subscription}/remotes"


@dataclass
class ApiV1:
    """The Connected Car API v1, whose token is asked for anew where it is refused."""

    session: requests.Session
    demo: JsonObject
    dialect: str = "v1"
    _token: str = field(default="", repr=False)

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask once, and again as long as we are told to slow down; once more with another token."""
        answer = self._ask(method, path, body)
        if answer.status_code == 401:
            self._token = ""
            answer = self._ask(method, path, body)
        return answer

    def _ask(self, method: str, path: str, body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token or self._new_token()}"}
        params = {"client_id": self.demo["client_id"]}
        address = self.demo["url"] + path
        return patiently(
            lambda: self.session.request(method, address, json=body, params=params, headers=headers, timeout=SECONDS)
        )

    def _new_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.demo["client_id"],
            "client_secret": self.demo["client_secret"],
            "scope": " ".join(scopes.ALL),
        }
        answer = patiently(lambda: self.session.post(self.demo["token_url"], data=form, timeout=SECONDS))
        answer.raise_for_status()
        self._token = answer.json()["access_token"]
        return self._token

    def subscribe(self, _place: Place, target: str) -> str:
        hook = {"target": target, "name": "walkthrough"}
        answer = self.call("POST", "/accounts/channels", {"label": "walkthrough", "channel": {"webhook": hook}})
        answer.raise_for_status()
        return str(answer.json()["channelId"])

    def unsubscribe(self, _place: Place, subscription: str) -> None:
        self.call("DELETE", f"/accounts/channels/{subscription}")

    def body(self, remote: Remote) -> JsonObject:
        return show_remote(remote)

    def remotes(self, place: Place, subscription: str) -> str:
        return f"/accounts/vehicles/{place.vehicle}/channels/{subscription}/remotes"


def patiently(ask: Callable[[], requests.Response]) -> requests.Response:
    """The answer, once it is none that tells us to slow down."""
    while True:
        answer = ask()
        if answer.status_code != 429:
            return answer
        time.sleep(float(answer.headers.get("Retry-After", "1")))


def wait_for(api: DialectApi | Api, path: str, done: Callable[[JsonObject], bool], seconds: float) -> JsonObject:
    """The action once `done` is true of it; empty when that takes longer than `seconds` and our patience."""
    started = time.monotonic()
    while (elapsed := time.monotonic() - started) < PATIENCE + seconds:
        answer = api.call("GET", path)
        if answer.ok and done(answer.json()):
            found: JsonObject = answer.json()
            return found
        time.sleep(min(MOST_PAUSE, LEAST_PAUSE + elapsed / 20))
    return {}


def has_ended(action: JsonObject) -> bool:
    return action.get("status") in DONE_STATUSES


def open_v3(demo: JsonObject) -> Api:
    """A client with the demo's credentials; one a thread."""
    session = _session()
    session.auth = (demo["api"]["user"], demo["api"]["password"])
    session.params = {"client_id": demo["api"]["client_id"]}
    return Api(session, demo["api"]["v3"])


def open_v1(demo: JsonObject) -> ApiV1:
    """The same of v1."""
    return ApiV1(_session(), demo["api"]["v1"])


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session
