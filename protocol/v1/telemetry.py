"""A vehicle's latest telemetry: AggregatedTelemetries of connected-car-v1.yaml, and Status of fleet-owner-v3.yaml.

The canonical form is v3's Status. What only v1 has stays at its place in it: `tyreState`, `maintenance`, `alerts`,
`propulsion` and `braking` at the top, a program's `temp`, a charge's `schedule.unitary` … What neither file knows is
kept where it stands, also what has another form than published.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from protocol.canonical.document import JsonObject
from protocol.v1 import energies
from protocol.v1.reshaping import fill, move, objects, reword, scale, words_back

# The parts that stand under `vehicle` in v1 and at the top in v3, where their name may be another.
_PARTS = (
    *("adas", "alarm", "alerts", "battery", "braking", "doorsState", "drivingBehavior", "energies", "engines"),
    *("ignition", "kinetic", "lightingSystem", "location", "maintenance", "odometer", "powerTrain"),
    *("preconditioning", "propulsion", "safety", "stolen", "transmission", "tyreState", "wipingBlades"),
)
_NAMES = {"location": "lastPosition", "powerTrain": "powertrain"}
# What v1 asks of a part beside `createdAt` and v3 does not. A part without it stays at the top, as v3 has it, so
# that nothing is lost and nothing is made up, and a reader who holds to v1's file is not broken.
_REQUIRED = {
    "drivingBehavior": ("mode",),
    "ignition": ("type",),
    "location": ("geometry",),
    "odometer": ("mileage",),
    "powerTrain": ("gmpStatus",),
    "wipingBlades": ("active", "speed"),
}
_ADAS = {
    "accr": {"OverSpeedingByPedalrPess": "OverSpeedingByPedalPress"},
    "aebs": {"Flashing": "OnFlashing"},
    "afil": {"Fixed": "OnFixed"},
}
# Kilometres an hour of a metre a second.
_KM_H = 3.6
_FIX = {"Estimate": "Estimated"}
# Words for a lock that v3 has and v1 has not.
_LOCKS_OF_V3 = frozenset({"TrunkLocked", "TrunkUnLocked"})
# v1 asks for an id of the latest alarm, v3 gives none.
_ALARM_ID = "latest"


def decode_telemetry(document: JsonObject) -> JsonObject:
    """The Status that an AggregatedTelemetries says, with its unknown fields. v3's `vin` is not in it."""
    status = deepcopy(document)
    vehicle = status.get("vehicle")
    if isinstance(vehicle, dict):
        for name in _PARTS:
            move(vehicle, name, _NAMES.get(name, name), status)
        if not vehicle:
            del status["vehicle"]
    for name, decode in _DECODERS.items():
        for part in objects(status.get(name)):
            decode(part)
    return status


def encode_telemetry(status: JsonObject) -> JsonObject:
    """The AggregatedTelemetries that a Status says, with its unknown fields.

    `createdAt` is required of the whole and of each part: where a part has none, it has its own `updatedAt`, or that of
    the whole, or its `createdAt`; the caller must see to it that the whole has one. `_links` are the caller's too.
    """
    document = deepcopy(status)
    at = document.get("updatedAt") or document.get("createdAt")
    fill(document, createdAt=at)
    _take_from_extension(document)
    for name, encode in _ENCODERS.items():
        for part in objects(document.get(name)):
            encode(part)
    vehicle = document.setdefault("vehicle", {})
    if isinstance(vehicle, dict):
        for name in _PARTS:
            if _is_whole(document.get(_NAMES.get(name, name)), name):
                move(document, _NAMES.get(name, name), name, vehicle)
        _date(vehicle, at)
    _date({name: document.get(name) for name in ("privacy",)}, at)
    _date(document.get("environment"), at)
    return document


def _take_from_extension(document: JsonObject) -> None:
    """v3 tells odometer and kinetic at times in `_embedded.extension`; v1 has one place for them."""
    embedded = document.get("_embedded")
    extension = embedded.get("extension") if isinstance(embedded, dict) else None
    if not isinstance(embedded, dict) or not isinstance(extension, dict):
        return
    for name in ("odometer", "kinetic"):
        move(extension, name, name, document)
    if not extension:
        del embedded["extension"]
    if not embedded:
        del document["_embedded"]


def _is_whole(value: Any, part: str) -> bool:
    required = _REQUIRED.get(part, ())
    return all(name in item for item in objects(value) for name in required)


# Objects that carry a date each, and hold no part of their own that does.
_DATED = (
    *("adas", "battery", "braking", "doorsState", "drivingBehavior", "energies", "engines", "ignition"),
    *("kinetic", "lightingSystem", "location", "maintenance", "odometer", "powerTrain", "preconditioning"),
    *("privacy", "propulsion", "safety", "stolen", "transmission", "tyreState", "wipingBlades", "luminosity"),
    "air",
)


def _date(parts: Any, at: Any) -> None:
    for item in _dated(parts):
        fill(item, createdAt=item.get("updatedAt") or at)


def _dated(parts: Any) -> Iterator[JsonObject]:
    for name, value in parts.items() if isinstance(parts, dict) else ():
        if name in _DATED:
            yield from objects(value)
        elif name == "alarm":
            for alarm in objects(value):
                yield from (part for key in ("status", "trigger") for part in objects(alarm.get(key)))


def _decode_position(position: JsonObject) -> None:
    """v1 dates a position beside its properties or in them, v3 in them."""
    at = position.get("createdAt")
    properties = position.setdefault("properties", {}) if at else position.get("properties")
    if isinstance(properties, dict):
        if at and properties.setdefault("createdAt", at) == at:
            del position["createdAt"]
        reword(properties, "type", _FIX)
    fill(position, type="Feature")


def _encode_position(position: JsonObject) -> None:
    for properties in objects(position.get("properties")):
        reword(properties, "type", words_back(_FIX))
        fill(position, createdAt=properties.get("createdAt"))


def _decode_doors(doors: JsonObject) -> None:
    """v1's file asks for `identifier` and `state` beside the list of openings that have them: the first one's."""
    if "lockedStates" in doors:
        doors.pop("lockedState", None)
    move(doors, "lockedState", "lockedStates")
    first = _first_opening(doors)
    for name in ("identifier", "state"):
        if name in doors and doors[name] == first.get(name):
            del doors[name]


def _encode_doors(doors: JsonObject) -> None:
    # Null where no opening is told.
    first = _first_opening(doors)
    for name in ("identifier", "state"):
        doors.setdefault(name, first.get(name))
    states = doors.get("lockedStates")
    if isinstance(states, list) and any(state in _LOCKS_OF_V3 for state in states if isinstance(state, str)):
        # A reader who holds to v1's words is not broken, and the whole list stands beside them.
        doors["lockedState"] = [state for state in states if state not in _LOCKS_OF_V3]
    else:
        move(doors, "lockedStates", "lockedState")


def _first_opening(doors: JsonObject) -> JsonObject:
    return next(objects(doors.get("opening")), {})


def _decode_climate(preconditioning: JsonObject) -> None:
    for climate in objects(preconditioning.get("airConditioning")):
        fill(climate, createdAt=preconditioning.get("createdAt"))
        for program in objects(climate.get("programs")):
            move(program, "occurrence", "occurence")
            # v3 asks for it, and calls Daily what is repeated on the days that are named.
            program.setdefault("recurrence", "Daily" if program.get("occurence") else "None")
        if preconditioning.get("createdAt") == climate.get("createdAt"):
            preconditioning.pop("createdAt", None)


def _encode_climate(preconditioning: JsonObject) -> None:
    for climate in objects(preconditioning.get("airConditioning")):
        fill(preconditioning, createdAt=climate.get("createdAt") or climate.get("updatedAt"))
        for program in objects(climate.get("programs")):
            if program.get("recurrence") == ("Daily" if program.get("occurence") else "None"):
                del program["recurrence"]
            move(program, "occurence", "occurrence")


def _decode_adas(adas: JsonObject) -> None:
    for name, words in _ADAS.items():
        reword(adas, name, words)


def _encode_adas(adas: JsonObject) -> None:
    for name, words in _ADAS.items():
        reword(adas, name, words_back(words))


def _decode_alarm(alarm: JsonObject) -> None:
    if alarm.get("id") == _ALARM_ID:
        del alarm["id"]
    for trigger in objects(alarm.get("trigger")):
        for position in objects(trigger.get("position")):
            _decode_position(position)


def _encode_alarm(alarm: JsonObject) -> None:
    alarm.setdefault("id", _ALARM_ID)
    for trigger in objects(alarm.get("trigger")):
        for position in objects(trigger.get("position")):
            _encode_position(position)


def _decode_stolen(stolen: JsonObject) -> None:
    for name in ("startPosition", "endPosition"):
        for position in objects(stolen.get(name)):
            _decode_position(position)


def _encode_stolen(stolen: JsonObject) -> None:
    for name in ("startPosition", "endPosition"):
        for position in objects(stolen.get(name)):
            _encode_position(position)


def _decode_kinetic(kinetic: JsonObject) -> None:
    """v1 counts metres a second, v3 kilometres an hour."""
    scale(kinetic, "speed", _KM_H, 6)


def _encode_kinetic(kinetic: JsonObject) -> None:
    scale(kinetic, "speed", 1 / _KM_H, 7)


def _decode_power_train(part: JsonObject) -> None:
    move(part, "gmpStatus", "status")


def _encode_power_train(part: JsonObject) -> None:
    move(part, "status", "gmpStatus")


def _encode_engine(engine: JsonObject) -> None:
    fill(engine, type="Thermic")


_Change = Callable[[JsonObject], None]
# By the name of the part in the canonical form.
_DECODERS: dict[str, _Change] = {
    "lastPosition": _decode_position,
    "doorsState": _decode_doors,
    "preconditioning": _decode_climate,
    "adas": _decode_adas,
    "alarm": _decode_alarm,
    "stolen": _decode_stolen,
    "kinetic": _decode_kinetic,
    "powertrain": _decode_power_train,
    "energies": energies.decode_energy,
}
_ENCODERS: dict[str, _Change] = {
    "lastPosition": _encode_position,
    "doorsState": _encode_doors,
    "preconditioning": _encode_climate,
    "adas": _encode_adas,
    "alarm": _encode_alarm,
    "stolen": _encode_stolen,
    "kinetic": _encode_kinetic,
    "powertrain": _encode_power_train,
    "engines": _encode_engine,
    "energies": energies.encode_energy,
}
