"""Sends every feature, and every field that can't travel, over both APIs to a vehicle that either API reaches.

Each must end well on a vehicle that is awake, and be told to the subscriber in the dialect of the API that asked; or be
refused at once, in words that name what can't travel. One action at a time a vehicle, both vehicles at the same time.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import requests

from fleetremote.walkthrough.apis import DialectApi, Place, has_ended, open_v1, open_v3, wait_for
from fleetremote.walkthrough.features import JsonObject
from fleetremote.walkthrough.profiles import LONGEST_LIFE, REFUSED
from fleetremote.walkthrough.samples import Sample, samples
from fleetremote.walkthrough.subscriber import Subscriber
from protocol.canonical import Remote

DIALECTS = ("v3", "v1")
WELL = frozenset({"Success", "AlreadyDone"})


@dataclass(frozen=True)
class Crossing:
    """How one sample fared. `status` is the action's, or Refused with `words`; `told`: how its end came.

    `problem` says what is not as it should be; empty when all is.
    """

    feature: str
    api: str
    vehicle: str
    status: str
    words: str = ""
    told: str = ""
    problem: str = ""


def cross(demo: JsonObject, speed: float, receiver: str) -> list[Crossing]:
    """Walk all four ways; the crossings by way, in the order of the catalogue.

    `receiver`: where the demo's receiver listens. Raises ValueError when the demo has no vehicle that either API
    reaches, and requests.RequestException when something does not answer.
    """
    places = {dialect: _place(demo, dialect) for dialect in DIALECTS}
    openers: dict[str, Callable[[JsonObject], DialectApi]] = {"v3": open_v3, "v1": open_v1}
    with (
        _subscribed({name: opener(demo) for name, opener in openers.items()}, places, receiver) as subscriptions,
        ThreadPoolExecutor(len(places)) as threads,
    ):

        def visit(vehicle: str) -> list[Crossing]:
            # A subscriber and clients of its own a thread.
            subscriber = Subscriber(receiver)
            found: list[Crossing] = []
            for name, opener in openers.items():
                path = _Path(opener(demo), places[vehicle], subscriptions[name, vehicle], subscriber, speed)
                found += path.crossings(open_v3(demo), subscriptions["v3", vehicle])
            return found

        found = [crossing for some in threads.map(visit, DIALECTS) for crossing in some]
    return sorted(found, key=lambda crossing: (DIALECTS.index(crossing.api), DIALECTS.index(crossing.vehicle)))


def _place(demo: JsonObject, dialect: str) -> Place:
    """The first vehicle that is awake, of a fleet that this API reaches."""
    for fleet in demo["fleets"]:
        for vehicle in fleet["vehicles"]:
            if fleet.get("api", "v3") == dialect and vehicle["profile"] == "awake":
                return Place(fleet["id"], vehicle["id"], dialect)
    raise ValueError(f"The demo has no vehicle that is awake and reached by {dialect}.")


@contextmanager
def _subscribed(
    apis: dict[str, DialectApi], places: dict[str, Place], receiver: str
) -> Iterator[dict[tuple[str, str], str]]:
    """A callback in each fleet and a channel for both, by the dialects of API and vehicle; deleted at the end."""
    made: dict[tuple[str, str], str] = {}
    subscriber = Subscriber(receiver)
    try:
        for vehicle, place in places.items():
            made["v3", vehicle] = apis["v3"].subscribe(place, subscriber.target("v3"))
        channel = apis["v1"].subscribe(places["v1"], subscriber.target("v1"))
        yield made | {("v1", vehicle): channel for vehicle in places}
        apis["v1"].unsubscribe(places["v1"], channel)
    finally:
        for (name, vehicle), subscription in made.items():
            apis[name].unsubscribe(places[vehicle], subscription)


@dataclass(frozen=True)
class _Path:
    """One way: an API, and a vehicle."""

    api: DialectApi
    place: Place
    subscription: str
    subscriber: Subscriber
    speed: float

    def crossings(self, undo: DialectApi, callback: str) -> list[Crossing]:
        """What is sent this way; what it did is taken back over `undo`, where the catalogue knows how."""
        self.subscriber.skip_old()
        back = _Path(undo, self.place, callback, self.subscriber, self.speed)
        found = []
        for sample in samples(self.api, self.place.dialect):
            crossing, action_id = self._send(sample)
            found.append((sample, crossing, action_id))
            opposite = sample.feature.opposite
            if crossing.status == "Success" and opposite:
                back.ask(Remote(sample.feature.remote_type, opposite.payload, "walkthrough, taken back"))
        # Only now, so that nobody waits for a notification while the next action could be on its way.
        return [self._with_news(*item) for item in found]

    def ask(self, remote: Remote) -> tuple[requests.Response, JsonObject]:
        """Send it and wait for its end: the answer, and the action, empty where there is none or it does not end."""
        path = self.api.remotes(self.place, self.subscription)
        answer = self.api.call("POST", path, self.api.body(remote))
        if answer.status_code != 202:
            return answer, {}
        action = f"{path}/{answer.json()['remoteActionId']}"
        return answer, wait_for(self.api, action, has_ended, LONGEST_LIFE / self.speed)

    def _send(self, sample: Sample) -> tuple[Crossing, str]:
        """How it fared so far, and the id of the action that has ended."""
        feature = sample.feature
        answer, action = self.ask(Remote(feature.remote_type, feature.payload, f"walkthrough {feature.name}"))
        begun = Crossing(feature.name, self.api.dialect, self.place.dialect, "")
        if answer.status_code != 202:
            words = _words(answer)
            return replace(begun, status=REFUSED, words=words, problem=_of_refusal(sample, words)), ""
        if not action:
            return replace(begun, problem="did not end"), ""
        words = " ".join(filter(None, [action.get("failureCause"), action.get("detail")]))
        return replace(begun, status=action["status"], words=words), answer.json()["remoteActionId"]

    def _with_news(self, sample: Sample, crossing: Crossing, action_id: str) -> Crossing:
        if not action_id:
            return crossing
        told = self.subscriber.told(action_id)
        return replace(crossing, told=told, problem=_of_end(sample, crossing.status, told, self.api.dialect))


def _words(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"answered {answer.status_code} without a message"


def _of_refusal(sample: Sample, words: str) -> str:
    if not sample.field:
        return "was refused, though everything in it can travel"
    name = re.sub(r"\[\d+\]", "", sample.field.rpartition(".")[2])
    return "" if name in words else f"the words don't name {name}"


def _of_end(sample: Sample, status: str, told: str, api: str) -> str:
    if sample.field:
        return f"was sent, though {sample.field} can't travel"
    if status not in WELL:
        return "did not succeed on a vehicle that is awake"
    return "" if told == api else f"its end came as {told or 'nothing'}"


def problems(crossings: Sequence[Crossing]) -> list[Crossing]:
    """Those that are not as they should be."""
    return [crossing for crossing in crossings if crossing.problem]


def as_json(crossings: Sequence[Crossing]) -> list[JsonObject]:
    return [asdict(crossing) for crossing in crossings]


def as_table(crossings: Sequence[Crossing]) -> str:
    """One line a crossing, those of a way together."""
    rows = [("API", "vehicle", "sent", "outcome", "words")]
    for item in crossings:
        outcome = item.status or "did not end"
        words = f"PROBLEM: {item.problem}. {item.words}" if item.problem else item.words
        rows.append((item.api, item.vehicle, item.feature, outcome, words))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*map(str.ljust, row[:4], widths), row[4]]).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
