"""The published vehicle documents: Status and Vehicle of fleet-owner-v3.yaml, as pure functions of a vehicle."""

from datetime import datetime
from hashlib import sha256

from protocol.canonical import format_time
from protocol.catalogue import REMOTE_TYPES
from simulator.clock import as_datetime
from simulator.vehicles.state import (
    BATTERY_WH,
    CHARGE_PERCENT_A_SECOND,
    JsonObject,
    State,
    renewal,
    settle,
    whereabouts,
)
from simulator.vehicles.vehicle import Vehicle, can

KM_A_PERCENT = 3.4


def measured_at(vehicle: Vehicle, now: float) -> float:
    """When what the cloud knows of the vehicle was measured: now for one that never sleeps, else at its last word."""
    if not vehicle.kind.sleeps:
        return now
    return vehicle.reported_at - vehicle.state.parked_days * 86_400


def status_document(vehicle: Vehicle, now: float, speed: float) -> JsonObject:
    """The vehicle's latest status (Status), without `_links`."""
    at = measured_at(vehicle, now)
    state = settle(vehicle.state, at, speed)
    # A vehicle that is marked as stolen tells its position also while it sleeps, and nothing else.
    told_at = max(at, renewal(state, now, speed) or at)
    created: JsonObject = {"createdAt": format_time(as_datetime(at))}
    document: JsonObject = {
        **created,
        "updatedAt": format_time(as_datetime(told_at)),
        "vin": vehicle.vin,
        "ignition": {**created, "type": state.ignition},
        "odometer": {**created, "mileage": state.mileage},
        "energies": [_energy(vehicle, state) | created],
        "doorsState": {**created, **_doors(state)},
        "lightingSystem": {**created, "turn": _lights(state)},
        "privacy": {**created, "state": state.privacy},
        "battery": {**created, "voltage": state.auxiliary_battery},
        "preconditioning": {"airConditioning": {**created, **_climate(state)}},
        "kinetic": {**created, "moving": state.ignition == "Start"},
    }
    if state.privacy == "None":
        there = {"createdAt": format_time(as_datetime(told_at)), "vin": vehicle.vin}
        document["lastPosition"] = position_feature(vehicle, whereabouts(state, told_at, speed)) | {"properties": there}
    if state.stolen:
        # The documented shape asks for links of its own here; the caller knows the addresses.
        began = format_time(as_datetime(state.stolen_at))
        document["stolen"] = {**created, "id": stolen_id(vehicle), "state": True, "startedAt": began}
    return document


def _energy(vehicle: Vehicle, state: State) -> JsonObject:
    if vehicle.motorization == "Thermic":
        return {"type": "Fuel", "subType": "FossilEnergy", "level": 58.0, "autonomy": 480}
    level = round(state.battery, 1)
    load = {"capacity": BATTERY_WH, "residual": int(BATTERY_WH * state.battery / 100)}
    created = {"createdAt": format_time(as_datetime(max(state.battery_at, 0.0)))}
    return {
        "type": "Electric",
        "subType": "ElectricEnergy",
        "level": level,
        "autonomy": int(level * KM_A_PERCENT),
        "extension": {
            "electric": {
                "battery": {"load": {**created, **load}, "health": {**created, "capacity": 97, "resistance": 96}},
                "charging": _charging(state),
            }
        },
    }


def _charging(state: State) -> JsonObject:
    document: JsonObject = {
        "plugged": state.plugged,
        "status": charging_status(state),
        "chargingMode": "Slow" if state.charging else "No",
        "chargingRate": int(3600 * CHARGE_PERCENT_A_SECOND * KM_A_PERCENT) if state.charging else 0,
        "chargingPowerLevel": state.charge_preferences.get("level", "Level3"),
        "type": state.charge_preferences.get("type", "Full"),
        "schedule": {"programs": list(state.charge_programs.values())},
    }
    if state.charging:
        document["remainingTime"] = time_to_full(state)
    if state.charge_next is not None:
        document["nextDelayedTime"] = time_of_day(state.charge_next)
    return document


def time_of_day(moment: str) -> str:
    """A moment as vehicles tell it: by the clock of its own zone, from 00:00, as PT22H30M. Others stay as they are."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"PT{at.hour}H{at.minute}M"


def time_to_full(state: State) -> str:
    """How long a charge that is under way takes yet, as PT3H20M."""
    left = (100.0 - state.battery) / CHARGE_PERCENT_A_SECOND
    return f"PT{int(left // 3600)}H{int(left % 3600 // 60)}M"


def charging_status(state: State) -> str:
    """In one of the published words, which are the same in both dialects."""
    if not state.plugged:
        return "Disconnected"
    if state.charging:
        return "InProgress"
    return "Finished" if state.battery >= 100.0 else "Stopped"


def open_doors(state: State) -> dict[str, bool]:
    """Each door by its published name, and whether it stands open."""
    return {door: state.doors_open and door == "Driver" for door in _DOORS}


_DOORS = ("Driver", "Passenger", "RearLeft", "RearRight", "Trunk")


def _doors(state: State) -> JsonObject:
    doors = open_doors(state).items()
    return {
        "lockedStates": ["Locked" if state.locked else "Unlocked"],
        "opening": [{"identifier": door, "state": "Open" if is_open else "Closed"} for door, is_open in doors],
    }


def _lights(state: State) -> list[JsonObject]:
    status = "On" if state.lights else "Off"
    return [
        {"direction": direction, "position": position, "status": status}
        for position in ("Front", "Rear")
        for direction in ("Left", "Right")
    ]


def _climate(state: State) -> JsonObject:
    document: JsonObject = {"status": "Enabled" if state.climate else "Disabled"}
    if state.climate:
        document["startingCause"] = "Immediate"
    if state.climate_programs:
        # `recurrence` may be left out of a command and may not be missing here; Daily is the documented default.
        programs = (state.climate_programs[slot] for slot in sorted(state.climate_programs))
        document["programs"] = [{"recurrence": "Daily", **program} for program in programs]
    return document


def position_feature(vehicle: Vehicle, where: tuple[float, float]) -> JsonObject:
    """A place as a GeoJSON Feature without properties; vehicles that stand together are scattered a little."""
    scatter = sha256(vehicle.vin.encode()).digest()
    east, north = (scatter[0] - 128) / 2000, (scatter[1] - 128) / 3000
    place = [round(where[0] + east, 6), round(where[1] + north, 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}}


def stolen_id(vehicle: Vehicle) -> str:
    """The id of its being stolen."""
    return sha256(f"stolen {vehicle.id}".encode()).hexdigest()[:32]


def vehicle_document(vehicle: Vehicle) -> JsonObject:
    """The vehicle (VehicleItem), without `_links`. `label` and `plate` are ours; the documents have no such field."""
    return {
        "id": vehicle.id,
        "vin": vehicle.vin,
        "brand": vehicle.brand,
        "model": vehicle.model,
        "label": vehicle.label,
        "plate": vehicle.plate,
        "motorization": vehicle.motorization,
        "createdAt": format_time(as_datetime(vehicle.created_at)),
        "updatedAt": format_time(as_datetime(vehicle.created_at)),
    }


_DOCUMENTED_CAPABILITIES = {
    "Preconditioning": ("preconditioning", {"programs": {"size": 4}, "immediate": True}),
    "Charging": (
        "charging",
        {
            "immediate": {"start": True, "stop": True},
            "schedule": {
                "programs": {"supported": True, "size": 4},
                "nextDelayedTime": True,
                "preferences": {"level": True, "type": True},
            },
        },
    ),
    "WakeUp": ("wakeup", None),
}


def capabilities(vehicle: Vehicle) -> JsonObject:
    """What the vehicle can do (OnboardCapabilities), for `extension=onboardCapabilities`."""
    remote: JsonObject = {}
    for name, entry in REMOTE_TYPES.items():
        key, parameters = _DOCUMENTED_CAPABILITIES.get(name, (entry.v3.key, None))
        # The scope of `wakeUp` is written in small letters in the documents.
        capability: JsonObject = {"supported": can(vehicle, name), "scopeName": f"remote:{key}:write"}
        remote[key] = capability | ({"parameters": parameters} if parameters else {})
    return {"data": ["data:telemetry"], "remote": remote}
