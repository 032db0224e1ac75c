"""Sends every feature over our API to a vehicle of each profile of the running demo, and notes how each ends.

One action at a time a vehicle, the vehicles at the same time. What a vehicle did is taken back where the catalogue has
the opposite command, so that a second walk finds the demo as the first one did, but for what can't be taken back.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from fleetremote.walkthrough.apis import Api, has_ended, open_v3, wait_for
from fleetremote.walkthrough.features import JsonObject, features
from protocol.catalogue import RemoteType
from protocol.statuses import SUCCESS, VEHICLE_CONNECTION_TIMEOUT
from simulator.vehicles.profiles import PROFILES

REFUSED = "Refused"
# Simulated seconds: the longest life of an action, and how long an off-line vehicle may take to be back.
LONGEST_LIFE = 150.0
LONGEST_ABSENCE = 90.0


@dataclass(frozen=True)
class End:
    """How a feature ended on a vehicle; `status` empty when it did not. `corrected`: a time-out was notified before."""

    feature: str
    profile: str
    status: str
    cause: str
    corrected: bool = False


def walk(demo: JsonObject, speed: float, profiles: Sequence[str] = ()) -> list[End]:
    """Send everything and wait for every end; the ends by feature, then profile. `profiles`: only these."""
    places = _places(demo, profiles)
    fleets = {fleet_id for fleet_id, _ in places.values()}
    with _callbacks(open_v3(demo), fleets) as callbacks, ThreadPoolExecutor(max(1, len(places))) as threads:

        def visit(profile: str) -> list[End]:
            fleet_id, vehicle_id = places[profile]
            path = f"/fleets/{fleet_id}/vehicles/{vehicle_id}/callbacks/{callbacks[fleet_id]}/remotes"
            return _Visit(open_v3(demo), path, profile, speed).ends()

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
        action = wait_for(self.api, path, has_ended, LONGEST_LIFE / self.speed)
        timed_out = action.get("failureCause") == VEHICLE_CONNECTION_TIMEOUT
        corrected = timed_out and PROFILES[self.profile].returns
        if corrected:
            action = wait_for(self.api, path, _other_than_timed_out, LONGEST_ABSENCE / self.speed)
        return End(
            name, self.profile, action["status"] if has_ended(action) else "", action.get("failureCause", ""), corrected
        )


def _other_than_timed_out(action: JsonObject) -> bool:
    return has_ended(action) and action.get("failureCause") != VEHICLE_CONNECTION_TIMEOUT


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
