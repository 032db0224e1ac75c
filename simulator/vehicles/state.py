"""What a vehicle is and does: its state, what commands change in it, and what time does to it. Plain values only."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

JsonObject = dict[str, Any]

BATTERY_WH = 50_000
CHARGE_PERCENT_A_SECOND = 40 / 3600
# How a stolen vehicle moves, and how often it tells where it is unless a trackingPeriod says otherwise.
STOLEN_METRES_A_SECOND, CIRCLE_METRES, METRES_A_DEGREE = 10.0, 2_000.0, 111_000.0
RUNNING_SECONDS, STANDING_SECONDS = 30.0, 60.0


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vehicle's state, at first that of a parked, locked, healthy one.

    `battery` is the charge in percent at `battery_at` (seconds since 1970), `auxiliary_battery` the health of the
    12 V battery in percent. `lights_until`: lights that were switched on for a while go off then.
    `climate_programs` and `charge_programs` are keyed by their slot, as text. `charge_deferred` and `climate_settings`
    are as v1 has set them. `stolen_at`: it is marked as stolen since
    then (seconds since 1970), and `longitude` and `latitude` are where it stood; `whereabouts` tells where it is.
    """

    locked: bool = True
    lights: bool = False
    lights_until: float | None = None
    immobilised: bool = False
    stolen: bool = False
    stolen_at: float = 0.0
    tracking: JsonObject = msgspec.field(default_factory=dict)
    ignition: str = "Stop"
    privacy: str = "None"
    doors_open: bool = False
    auxiliary_battery: float = 92.0
    battery: float = 62.0
    battery_at: float = 0.0
    plugged: bool = True
    charging: bool = False
    charge_preferences: JsonObject = msgspec.field(default_factory=dict)
    charge_programs: dict[str, JsonObject] = msgspec.field(default_factory=dict)
    charge_next: str | None = None
    charge_deferred: JsonObject = msgspec.field(default_factory=dict)
    climate: bool = False
    climate_settings: JsonObject = msgspec.field(default_factory=dict)
    climate_programs: dict[str, JsonObject] = msgspec.field(default_factory=dict)
    alarm_suppressed: JsonObject = msgspec.field(default_factory=dict)
    personal_data: bool = True
    parked_days: int = 0
    longitude: float = 4.8357
    latitude: float = 45.764
    mileage: float = 12_000.0


def settle(state: State, now: float, speed: float) -> State:
    """`state` with what has happened by itself until `now`: lights went off, a charge raised the battery.

    `speed` is that of the simulator: a charge of an hour takes 3600 / speed seconds.
    """
    if state.lights and state.lights_until is not None and state.lights_until <= now:
        state = replace(state, lights=False, lights_until=None)
    if state.charging:
        gained = max(0.0, now - state.battery_at) * speed * CHARGE_PERCENT_A_SECOND
        level = min(100.0, state.battery + gained)
        state = replace(state, battery=level, battery_at=now, charging=level < 100.0)
    return state


def renewal(state: State, now: float, speed: float) -> float | None:
    """When a vehicle that is marked as stolen has told its position last (seconds since 1970); None: it does not."""
    if not state.stolen:
        return None
    name, usual = ("running", RUNNING_SECONDS) if state.ignition == "Start" else ("shutdown", STANDING_SECONDS)
    period = seconds_of(str(state.tracking.get(name, ""))) or usual
    return state.stolen_at + (now - state.stolen_at) // (period / speed) * (period / speed)


def whereabouts(state: State, at: float, speed: float) -> tuple[float, float]:
    """Longitude and latitude at a moment: a stolen vehicle is driven round in a circle that begins where it stood."""
    if not state.stolen:
        return state.longitude, state.latitude
    angle = max(0.0, at - state.stolen_at) * speed * STOLEN_METRES_A_SECOND / CIRCLE_METRES
    degrees = CIRCLE_METRES / METRES_A_DEGREE
    return state.longitude + degrees * math.sin(angle), state.latitude + degrees * (1 - math.cos(angle))


def after(state: State, remote_type: str, payload: Mapping[str, Any], now: float, speed: float) -> State | None:
    """The state after a command was executed, or None when the vehicle is in that state already.

    `remote_type` is a name of protocol.catalogue. A type that changes nothing that lasts (horn, state, wake-up,
    navigation, finder) gives the same state, and so do types that the simulator does not know.
    """
    effect = _EFFECTS.get(remote_type)
    if effect is None:
        return state
    if remote_type == "Lights" and "duration" in payload:
        payload = {**payload, "until": now + seconds_of(payload["duration"]) / speed}
    changed = effect(state, payload)
    if changed.stolen != state.stolen:
        longitude, latitude = whereabouts(state, now, speed)
        changed = replace(changed, stolen_at=now, longitude=longitude, latitude=latitude)
    if changed == state:
        return None
    return replace(changed, battery_at=now) if changed.charging != state.charging else changed


def _locking(state: State, payload: Mapping[str, Any]) -> State:
    return replace(state, locked=payload["state"] == "Locked")


def _lights(state: State, payload: Mapping[str, Any]) -> State:
    return replace(state, lights=payload["on"], lights_until=payload.get("until") if payload["on"] else None)


def _immobilization(state: State, payload: Mapping[str, Any]) -> State:
    return replace(state, immobilised=payload["activate"])


def _stolen(state: State, payload: Mapping[str, Any]) -> State:
    if "stolen" in payload:
        return replace(state, stolen=payload["stolen"])
    if "immobilization" in payload:
        return _immobilization(state, payload["immobilization"])
    return replace(state, tracking={**state.tracking, **payload["trackingPeriod"]})


def starts_charge(payload: Mapping[str, Any]) -> bool | None:
    """Whether a charging command starts or stops a charge at once; None when it says neither."""
    at_once: bool | None = payload.get("deferred", {}).get("start", {}).get("immediate")
    starts: bool | None = payload.get("immediate", at_once)
    return starts


def _charging(state: State, payload: Mapping[str, Any]) -> State:
    schedule, deferred = payload.get("schedule", {}), payload.get("deferred", {})
    later = schedule.get("nextDelayedTime", payload.get("nextDelayedTime", state.charge_next))
    # A time for later stops a charge that runs; so does `immediate: false`. Programs alone leave it.
    delayed = "nextDelayedTime" in schedule or "nextDelayedTime" in payload
    delayed = delayed or "startTime" in deferred.get("start", {})
    starts = starts_charge(payload)
    charging = (False if delayed else state.charging) if starts is None else starts
    return replace(
        state,
        charging=charging and state.battery < 100.0,
        charge_next=None if starts else later,
        charge_programs=_with_programs(state.charge_programs, schedule.get("programs", ())),
        charge_deferred={**state.charge_deferred, **deferred},
        charge_preferences={**state.charge_preferences, **payload.get("preferences", {})},
    )


def _with_programs(programs: Mapping[str, JsonObject], changes: Iterable[JsonObject]) -> dict[str, JsonObject]:
    """Programs by their slot after a command; one that names no slot has that of its place."""
    changed = dict(programs)
    for place, item in enumerate(changes, 1):
        slot = str(item.get("slot", place))
        if item.get("actionsType", "Set") == "Delete":
            changed.pop(slot, None)
        else:
            changed[slot] = {key: value for key, value in item.items() if key != "actionsType"}
    return changed


def _preconditioning(state: State, payload: Mapping[str, Any]) -> State:
    wanted = payload["airConditioning"]
    return replace(
        state,
        climate=wanted.get("immediate", state.climate),
        climate_settings={**state.climate_settings, **wanted.get("settings", {})},
        climate_programs=_with_programs(state.climate_programs, wanted.get("programs", ())),
    )


def _tan(state: State, payload: Mapping[str, Any]) -> State:
    if "suppress" not in payload:
        return state
    return replace(state, alarm_suppressed=dict(payload["suppress"]))


def _personal_data(state: State, _payload: Mapping[str, Any]) -> State:
    return replace(state, personal_data=False)


_EFFECTS: dict[str, Callable[[State, Mapping[str, Any]], State]] = {
    "Locking": _locking,
    "Lights": _lights,
    "Immobilization": _immobilization,
    "Stolen": _stolen,
    "Charging": _charging,
    "Preconditioning": _preconditioning,
    "Tan": _tan,
    "OnboardPersonalData": _personal_data,
}

_UNITS = {"W": 604_800, "D": 86_400, "H": 3_600, "M": 60, "S": 1}


def seconds_of(duration: str) -> float:
    """The seconds of an ISO 8601 duration up to weeks, such as PT20S; years and months count as 0."""
    date, _, time = duration.removeprefix("P").partition("T")
    parts = re.findall(r"(\d+)([WD])", date) + re.findall(r"(\d+)([HMS])", time)
    return float(sum(int(number) * _UNITS[unit] for number, unit in parts))
