"""What a cloud knows: vehicles, callbacks, actions, and a record of what came in and what was carried out."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

JSON, HTML = "application/hal+json", "text/html"


@dataclass(frozen=True)
class Answer:
    status: int
    document: Any
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Speech:
    """What one dialect says in its own way. v3's callbacks are v1's channels.

    `key` is the key of what a Remote asks for, `type_name` its RemoteType. `error` gives an error of the API by its
    status and words. `tell` posts an event (an eventStatus) to a callback's webhook.
    """

    base: str
    size: int
    key: Callable[[Mapping[str, Any]], str]
    type_name: Callable[[Mapping[str, Any]], str]
    error: Callable[[int, str], Answer]
    tell: Callable[["Book", "Action", Mapping[str, str]], None]


@dataclass(frozen=True)
class Manners:
    """How the cloud treats one vehicle from now on.

    `before`: what becomes of its next action, which is not taken. `answer`: what becomes of the answer to its next one
    that is (both: web.py). `lacks`: its actions are refused, the cloud does not offer them. `lie`: how its list hides
    what is taken from now on (lists.py), of which `seconds` is a part. `late`: seconds until an action is taken in.
    `mute`: it is never notified. `told`: how it is: "first" (before the answer), "twice", "reversed", "no end",
    "orphan" (once more, with an empty id), or "off line", when it does it after a time-out was told.
    """

    before: str = ""
    answer: str = ""
    lacks: bool = False
    told: str = ""
    lie: str = ""
    seconds: float = 0.0
    late: float = 0.0
    mute: bool = False
    since: float = field(default_factory=time.time)


@dataclass
class Action:
    """A remote action; seconds since 1970. `key` is what was asked for, `taken_at` when the cloud had it."""

    id: str
    vehicle: str
    callback: str
    remote: dict[str, Any]
    key: str
    type_name: str
    taken_at: float
    status: Mapping[str, str] = field(default_factory=lambda: {"type": "Pending", "status": "Accepted"})

    @property
    def is_done(self) -> bool:
        return self.status["type"] == "Done"


@dataclass
class Vehicle:
    """`came`: [when, label, key] of each action that came in; `lists`: when its list was asked for."""

    id: str
    vin: str
    came: list[tuple[float, str, str]] = field(default_factory=list)
    executed: list[tuple[float, str]] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    under_way: int = 0


class Book:
    """All of it, one request at a time: whoever reads or writes holds `lock`. `owners`: whose each callback is.

    `cloud`: a number of four digits or five that no other cloud has, so that none has another one's vehicles.
    """

    def __init__(self, vehicles: int, speech: Speech, cloud: int) -> None:
        self.lock = threading.RLock()
        self.speech = speech
        self.fleet = "f1ee7000"
        self.vehicles = {f"beef{cloud:04x}{number:04x}": f"VR7{cloud:05d}{number:09d}" for number in range(vehicles)}
        self.records = {name: Vehicle(name, vin) for name, vin in self.vehicles.items()}
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, str] = {}
        self.statuses: dict[str, str] = {}
        self.actions: dict[str, Action] = {}
        self._manners: dict[str, Manners] = {}

    def manners(self, vehicle: str) -> Manners:
        return self._manners.get(vehicle, Manners(since=0.0))

    def treat(self, vehicle: str, given: dict[str, Any]) -> None:
        with self.lock:
            self._manners[vehicle] = Manners(**given)

    def once(self, vehicle: str, name: str) -> str:
        """What becomes of the next action or answer, this once: `before` or `answer` of its manners."""
        with self.lock:
            manners = self.manners(vehicle)
            found: str = getattr(manners, name)
            if found:
                self._manners[vehicle] = Manners(**{**asdict(manners), name: ""})
            return found

    def subscribe(self, document: dict[str, Any], callback: str | None = None, owner: str = "") -> str:
        with self.lock:
            name = callback or uuid.uuid4().hex
            self.callbacks[name] = document
            self.owners[name] = owner
            self.statuses[name] = "Running"
            return name

    def take(self, vehicle: str, callback: str, remote: dict[str, Any]) -> Action:
        """Note that it came in, and keep it."""
        now, speech = time.time(), self.speech
        taken_at = now + self.manners(vehicle).late
        key, type_name = speech.key(remote), speech.type_name(remote)
        action = Action(uuid.uuid4().hex, vehicle, callback, remote, key, type_name, taken_at)
        with self.lock:
            self.actions[action.id] = action
            record = self.records[vehicle]
            record.came.append((now, str(remote.get("label", "")), action.key))
            record.under_way += 1
        return action

    def goes_on(self, action: Action, status: Mapping[str, str]) -> None:
        """Note an eventStatus; with Success it is carried out."""
        with self.lock:
            action.status = status
            if status["status"] == "Success":
                record = self.records[action.vehicle]
                record.executed.append((time.time(), action.key))
                record.under_way -= 1

    def taken(self, vehicle: str, callback: str) -> list[Action]:
        """The vehicle's actions that the cloud has, oldest first."""
        now = time.time()
        with self.lock:
            ours = [one for one in self.actions.values() if (one.vehicle, one.callback) == (vehicle, callback)]
        return [one for one in ours if one.taken_at <= now]

    def all_records(self) -> dict[str, Any]:
        with self.lock:
            return {name: asdict(record) for name, record in self.records.items()}
