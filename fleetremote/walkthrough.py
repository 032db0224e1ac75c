"""Sends every feature over our API to a vehicle of each profile of the running demo, and notes how each ends.

One action at a time a vehicle, the vehicles at the same time. What a vehicle did is taken back where the catalogue has
the opposite command, so that a second walk finds the demo as the first one did, but for what can't be taken back.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import requests

from protocol.catalogue import REMOTE_TYPES, Command, RemoteType
from protocol.statuses import DONE_STATUSES, SUCCESS, VEHICLE_CONNECTION_TIMEOUT
from simulator.vehicles.profiles import PROFILES

JsonObject = dict[str, Any]

REFUSED = "Refused"
# Simulated seconds: the longest life of an action, and how long an off-line vehicle may take to be back.
LONGEST_LIFE = 150.0
LONGEST_ABSENCE = 90.0
# Real seconds for FleetRemote's own work, whatever the simulator's speed.
PATIENCE = 60.0
LEAST_PAUSE, MOST_PAUSE = 0.1, 1.0


@dataclass(frozen=True)
class Feature:
    """One feature of the protocol: a remote type, or a part of one where it has several."""

    name: str
    remote_type: RemoteType
    payload: JsonObject

    @property
    def opposite(self) -> Command | None:
        """The command that takes it back."""
        others = [command for command in self.remote_type.commands if command.payload != self.payload]
        return others[0] if len(self.remote_type.commands) == 2 and len(others) == 1 else None


def features() -> list[Feature]:
    """Every feature of the catalogue: a type that does several things counts for each."""
    return [
        Feature(
            entry.name if len(entry.features) == 1 else f"{entry.name}.{next(iter(sample.payload))}", entry, payload
        )
        for entry in REMOTE_TYPES.values()
        for sample in entry.features
        for payload in [sample.payload]
    ]


@dataclass(frozen=True)
class End:
    """How a feature ended on a vehicle; `status` empty when it did not. `corrected`: a time-out was notified before."""

    feature: str
    profile: str
    status: str
    cause: str
    corrected: bool = False


@dataclass(frozen=True)
class Api:
    """Our published API as the demo's API client calls it."""

    session: requests.Session
    base: str

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask once, and again as long as we are told to slow down."""
        while True:
            answer = self.session.request(method, self.base + path, json=body, timeout=30)
            if answer.status_code != 429:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", "1")))


def open_api(demo: JsonObject) -> Api:
    """A client with the demo's credentials; one a thread."""
    session = requests.Session()
    session.trust_env = False
    session.auth = (demo["api"]["user"], demo["api"]["password"])
    session.params = {"client_id": demo["api"]["client_id"]}
    return Api(session, demo["api"]["v3"])


def walk(demo: JsonObject, speed: float, profiles: Sequence[str] = ()) -> list[End]:
    """Send everything and wait for every end; the ends by feature, then profile. `profiles`: only these."""
    places = _places(demo, profiles)
    fleets = {fleet_id for fleet_id, _ in places.values()}
    with _callbacks(open_api(demo), fleets) as callbacks, ThreadPoolExecutor(max(1, len(places))) as threads:

        def visit(profile: str) -> list[End]:
            fleet_id, vehicle_id = places[profile]
            path = f"/fleets/{fleet_id}/vehicles/{vehicle_id}/callbacks/{callbacks[fleet_id]}/remotes"
            return _Visit(open_api(demo), path, profile, speed).ends()

        ends = [end for found in threads.map(visit, places) for end in found]
    order = [feature.name for feature in features()]
    return sorted(ends, key=lambda end: order.index(end.feature))


def _places(demo: JsonObject, profiles: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The first vehicle of each profile: the ids of its fleet and its own."""
    places: dict[str, tuple[str, str]] = {}
    for fleet in demo["fleets"]:
        for vehicle in fleet["vehicles"]:
            if not profiles or vehicle["profile"] in profiles:
                places.setdefault(vehicle["profile"], (fleet["id"], vehicle["id"]))
    return places


@contextmanager
def _callbacks(api: Api, fleets: set[str]) -> Iterator[dict[str, str]]:
    """A callback in each fleet, paused at once, since nobody listens there; deleted at the end where it may be."""
    hook = {"target": "http://127.0.0.1:9/walkthrough", "name": "walkthrough"}
    made: dict[str, str] = {}
    try:
        for fleet in fleets:
            answer = api.call("POST", f"/fleets/{fleet}/remote/callbacks", {"callback": {"webhook": hook}})
            answer.raise_for_status()
            made[fleet] = answer.json()["callbackId"]
            api.call("PUT", f"/fleets/{fleet}/remote/callbacks/{made[fleet]}/status", {"status": "Paused"})
        yield made
    finally:
        for fleet, callback in made.items():
            api.call("DELETE", f"/fleets/{fleet}/remote/callbacks/{callback}")


@dataclass(frozen=True)
class _Visit:
    """Everything that is sent to one vehicle."""

    api: Api
    path: str
    profile: str
    speed: float

    def ends(self) -> list[End]:
        found = []
        for feature in features():
            end = self._send(feature.name, feature.remote_type, feature.payload)
            found.append(end)
            if end.status == SUCCESS and feature.opposite:
                self._send("", feature.remote_type, feature.opposite.payload)
        return found

    def _send(self, name: str, remote_type: RemoteType, payload: JsonObject) -> End:
        body = {"label": f"walkthrough {name}", remote_type.v3.key: payload}
        answer = self.api.call("POST", self.path, body)
        if answer.status_code != 202:
            return End(name, self.profile, REFUSED, answer.json()["message"])
        path = f"{self.path}/{answer.json()['remoteActionId']}"
        action = self._wait(path, lambda action: action.get("status") in DONE_STATUSES, LONGEST_LIFE)
        timed_out = action.get("failureCause") == VEHICLE_CONNECTION_TIMEOUT
        corrected = timed_out and PROFILES[self.profile].returns
        if corrected:
            action = self._wait(path, _other_than_timed_out, LONGEST_ABSENCE)
        ended = action.get("status") in DONE_STATUSES
        return End(name, self.profile, action["status"] if ended else "", action.get("failureCause", ""), corrected)

    def _wait(self, path: str, done: Callable[[JsonObject], bool], simulated: float) -> JsonObject:
        """The action once `done` is true of it; empty when that takes too long."""
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < PATIENCE + simulated / self.speed:
            answer = self.api.call("GET", path)
            if answer.ok and done(answer.json()):
                found: JsonObject = answer.json()
                return found
            time.sleep(min(MOST_PAUSE, LEAST_PAUSE + elapsed / 20))
        return {}


def _other_than_timed_out(action: JsonObject) -> bool:
    return action.get("status") in DONE_STATUSES and action.get("failureCause") != VEHICLE_CONNECTION_TIMEOUT


def as_json(ends: Sequence[End]) -> list[JsonObject]:
    return [asdict(end) for end in ends]


def as_table(ends: Sequence[End]) -> str:
    """One line an end; a feature's lines stand together."""
    rows = [("feature", "profile", "status", "cause")]
    rows += [(end.feature, end.profile, end.status or "did not end", _cause(end)) for end in ends]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _cause(end: End) -> str:
    return f"{end.cause} (after {VEHICLE_CONNECTION_TIMEOUT})".strip() if end.corrected else end.cause
