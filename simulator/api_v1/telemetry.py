"""What a vehicle was like when it last spoke: AggregatedTelemetries of connected-car-v1.yaml, from its state."""

from collections.abc import Iterable, Mapping
from typing import Any

from protocol.canonical import JsonObject, format_time
from simulator.clock import as_datetime
from simulator.vehicles.state import BATTERY_WH, CHARGE_PERCENT_A_SECOND, State, renewal, settle, whereabouts
from simulator.vehicles.status import (
    KM_A_PERCENT,
    charging_status,
    measured_at,
    open_doors,
    position_feature,
    stolen_id,
    time_to_full,
)
from simulator.vehicles.vehicle import Vehicle

# The published values of `type`; these vehicles have nothing to tell in some of them.
TYPES = (
    *("environment", "privacy", "vehicle", "vehicle.ignition", "vehicle.location", "vehicle.preconditioning"),
    *("vehicle.tyreState", "vehicle.energies", "vehicle.engines", "vehicle.doorsState", "vehicle.battery"),
    *("vehicle.safety", "vehicle.odometer", "vehicle.kinetic", "vehicle.propulsion", "vehicle.brakingSystem"),
    *("vehicle.transmission", "vehicle.adas", "vehicle.lightingSystem", "vehicle.maintenance"),
    *("vehicle.alertsReport", "vehicle.activeAlerts", "vehicle.drivingBehavior", "vehicle.alarm.status"),
    "vehicle.alarm.trigger",
)


def telemetry_document(
    vehicle: Vehicle,
    now: float,
    speed: float,
    here: JsonObject,
    wanted: tuple[str, ...] = ("",),
    allowed: tuple[str, ...] = ("",),
) -> JsonObject:
    """The latest telemetry, without `_links`; `here` is the link to it. Only what is both wanted and allowed stands in
    it, both as dotted paths, "" for all.
    """
    at = measured_at(vehicle, now)
    state = settle(vehicle.state, at, speed)
    # A vehicle that is marked as stolen tells its position also while it sleeps, and nothing else.
    told_at = max(at, renewal(state, now, speed) or at)
    created = {"createdAt": format_time(as_datetime(at))}
    told = {"createdAt": format_time(as_datetime(told_at))}
    parts: dict[str, JsonObject | list[JsonObject]] = {
        "vehicle.ignition": {**created, "type": state.ignition},
        "vehicle.odometer": {**created, "mileage": state.mileage},
        "vehicle.energies": [{**created, **_energy(vehicle, state)}],
        "vehicle.doorsState": {**created, **_doors(state)},
        "vehicle.lightingSystem": {**created, "turn": _lights(state)},
        "vehicle.battery": {**created, "voltage": state.auxiliary_battery},
        "vehicle.preconditioning": {**created, "airConditioning": _climate(state)},
        "vehicle.kinetic": {**created, "moving": state.ignition == "Start"},
        "privacy": {**created, "state": state.privacy},
    }
    if state.privacy == "None":
        feature = position_feature(vehicle, whereabouts(state, told_at, speed))
        parts["vehicle.location"] = {**told, **feature, "properties": told}
    if state.stolen:
        began = format_time(as_datetime(state.stolen_at))
        mark = {"id": stolen_id(vehicle), "state": True, "startedAt": began, "_links": {"self": here}}
        parts["vehicle.stolen"] = {**created, **mark}
    document: JsonObject = {**created, "updatedAt": told["createdAt"]}
    for path, part in parts.items():
        if _is_below(path, wanted) and _is_below(path, allowed):
            group, _, name = path.partition(".")
            if name:
                document.setdefault(group, {})[name] = part
            else:
                document[group] = part
    return document


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(place in ("", path) or path.startswith(f"{place}.") for place in places)


def _energy(vehicle: Vehicle, state: State) -> JsonObject:
    if vehicle.motorization == "Thermic":
        return {"type": "Fuel", "subType": "FossilEnergy", "level": 58.0, "autonomy": 480}
    level = round(state.battery, 1)
    created = {"createdAt": format_time(as_datetime(max(state.battery_at, 0.0)))}
    load = {**created, "capacity": BATTERY_WH, "residual": int(BATTERY_WH * state.battery / 100)}
    health = {**created, "capacity": 97, "resistance": 96}
    electric = {"battery": {"load": load, "health": health}, "charging": _charging(state)}
    return {
        "type": "Electric",
        "subType": "ElectricEnergy",
        "level": level,
        "autonomy": int(level * KM_A_PERCENT),
        "extension": {"electric": electric},
    }


def _charging(state: State) -> JsonObject:
    speed = int(3600 * CHARGE_PERCENT_A_SECOND * KM_A_PERCENT) if state.charging else 0
    limits = {key: state.charge_preferences[key] for key in _SETTINGS if key in state.charge_preferences}
    document: JsonObject = {
        "plugged": state.plugged,
        "status": charging_status(state),
        "settings": {"chargingMode": "Slow" if state.charging else "No", "chargingSpeed": speed, **limits},
    }
    if state.charging:
        document["remainingTime"] = time_to_full(state)
    schedule: JsonObject = {}
    if state.charge_programs:
        # The published file has a list of lists here, and `settings` where a request has them too.
        schedule["programs"] = [[_charge_program(slot, state.charge_programs[slot]) for slot in _slots(state)]]
    start = state.charge_deferred.get("start", {}).get("startTime")
    if start is not None:
        stop = state.charge_deferred.get("end", {}).get("endTime")
        schedule["unitary"] = {"enabled": True, "start": start, **({} if stop is None else {"stop": stop})}
    return document | ({"schedule": schedule} if schedule else {})


_SETTINGS = ("chargeLimit", "chargePreferenceRate")


def _slots(state: State) -> list[str]:
    return sorted(state.charge_programs)


def _charge_program(slot: str, program: Mapping[str, Any]) -> JsonObject:
    """A program as v1 tells it, with the levels that it must have there."""
    levels = {"minChargingLevel": 0, "maxChargingLevel": 100}
    return {"enabled": True, **levels, **_program(program), "slot": int(slot)}


def _program(program: Mapping[str, Any]) -> JsonObject:
    """Under v1's spelling, without what only a command has."""
    spelt = {"occurrence" if key == "occurence" else key: value for key, value in program.items()}
    return {key: value for key, value in spelt.items() if key not in ("actionsType", "recurrence", "end")}


def _doors(state: State) -> JsonObject:
    opened = open_doors(state)
    # `identifier` and `state` are required beside the list too, where the published file can only mean its items.
    each = [{"identifier": door, "state": "Open" if is_open else "Closed"} for door, is_open in opened.items()]
    return {"lockedState": ["Locked" if state.locked else "Unlocked"], "opening": each, **each[0]}


def _lights(state: State) -> list[JsonObject]:
    status = "On" if state.lights else "Off"
    places = [(direction, position) for position in ("Front", "Rear") for direction in ("Left", "Right")]
    return [{"direction": direction, "position": position, "status": status} for direction, position in places]


def _climate(state: State) -> JsonObject:
    document: JsonObject = {"status": "Enabled" if state.climate else "Disabled"}
    if state.climate:
        document["startingCause"] = "Immediate"
    if state.climate_programs:
        document["programs"] = [_program(state.climate_programs[slot]) for slot in sorted(state.climate_programs)]
    return document
