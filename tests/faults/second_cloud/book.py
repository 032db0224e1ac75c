"""What the cloud knows: vehicles, callbacks, actions, and a record of what came in and what was carried out."""

import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

TYPE_NAMES = {
    "preconditioning": "ThermalPreconditioning",
    "charging": "ElectricBatteryChargingRequest",
    "horn": "Horn",
    "door": "Doors",
    "lights": "Lights",
    "immobilization": "Immobilization",
    "stolen": "Stolen",
    "wakeUp": "WakeUp",
    "navigation": "Navigation",
    "state": "VehicleState",
}
"""The RemoteType of each key of a Remote."""


@dataclass(frozen=True)
class Manners:
    """How the cloud treats one vehicle from now on.

    `answer`: what becomes of the answer to its next action, which is taken all the same (server.py). `lie`: how its
    list hides what is taken from now on (lists.py), of which `seconds` is a part. `late`: seconds until an action is
    taken in. `mute`: it is never notified.
    """

    answer: str = ""
    lie: str = ""
    seconds: float = 0.0
    late: float = 0.0
    mute: bool = False
    since: float = field(default_factory=time.time)


@dataclass
class Action:
    """A remote action; seconds since 1970. `taken_at`: when the cloud had it."""

    id: str
    vehicle: str
    callback: str
    remote: dict[str, Any]
    taken_at: float
    status: str = "Accepted"

    @property
    def key(self) -> str:
        return next(name for name in self.remote if name != "label")

    @property
    def type_name(self) -> str:
        """As published; a type that the published file does not have is called as its key, with a capital."""
        return TYPE_NAMES.get(self.key, self.key[:1].upper() + self.key[1:])

    @property
    def is_done(self) -> bool:
        return self.status == "Success"


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
    """All of it, one request at a time: whoever reads or writes holds `lock`."""

    def __init__(self, vehicles: int) -> None:
        self.lock = threading.RLock()
        self.fleet = "f1ee7000"
        self.vehicles = {f"beef{number:08x}": f"VR7{number:014d}" for number in range(vehicles)}
        self.records = {name: Vehicle(name, vin) for name, vin in self.vehicles.items()}
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.actions: dict[str, Action] = {}
        self._manners: dict[str, Manners] = {}

    def manners(self, vehicle: str) -> Manners:
        return self._manners.get(vehicle, Manners(since=0.0))

    def treat(self, vehicle: str, given: dict[str, Any]) -> None:
        with self.lock:
            self._manners[vehicle] = Manners(**given)

    def next_answer(self, vehicle: str) -> str:
        """What becomes of the next answer, this once."""
        manners = self.manners(vehicle)
        if manners.answer:
            self._manners[vehicle] = Manners(**{**asdict(manners), "answer": ""})
        return manners.answer

    def subscribe(self, document: dict[str, Any], callback: str | None = None) -> str:
        with self.lock:
            name = callback or uuid.uuid4().hex
            self.callbacks[name] = document
            return name

    def take(self, vehicle: str, callback: str, remote: dict[str, Any]) -> Action:
        """Note that it came in, and keep it."""
        now = time.time()
        action = Action(uuid.uuid4().hex, vehicle, callback, remote, now + self.manners(vehicle).late)
        with self.lock:
            self.actions[action.id] = action
            record = self.records[vehicle]
            record.came.append((now, str(remote.get("label", "")), action.key))
            record.under_way += 1
        return action

    def carried_out(self, action: Action) -> None:
        with self.lock:
            action.status = "Success"
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
