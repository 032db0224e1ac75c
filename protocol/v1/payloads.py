"""The payload of each remote type as JSON Schema, in v1's form, made from the canonical rules where these are the same.

From connected-car-v1.yaml, schemas Remote*. What only v3 has at the same place (`forced`, `number`, `duration`,
`driverApproval`, `recurrence`, `end`) is taken as well, under v3's rule: it travels to a vehicle that v3 reaches.
"""

from typing import Any

from protocol import payloads
from protocol.payloads import BOOLEAN, DAY_TIME, OCCURRENCE, an_object, each, enum
from protocol.schema import Schema


def renamed(schema: Schema, names: dict[str, str], **properties: Schema) -> Schema:
    """`schema` with properties under other names, wherever rules name them, and with other or more `properties`."""
    changed: Schema = _renamed(schema, names)
    return {**changed, "properties": {**changed["properties"], **properties}}


def _renamed(rule: Any, names: dict[str, str]) -> Any:
    found = dict(rule)
    if "properties" in rule:
        found["properties"] = {names.get(key, key): value for key, value in rule["properties"].items()}
    if "required" in rule:
        found["required"] = [names.get(key, key) for key in rule["required"]]
    for keyword in ("if", "then", "else"):
        if keyword in rule:
            found[keyword] = _renamed(rule[keyword], names)
    return found


_NUMBER: Schema = {"type": "number"}
_ACTIONS_TYPE = enum("Set", "Delete")
# Canonical payloads and examples of v3 spell it so.
_ALIASES = {"occurence": "occurrence"}

LIGHTS = renamed(payloads.LIGHTS, {"on": "state"}, state=enum("Activated", "Unactivated"))

# The second is v3's spelling; the published type is any string.
WAKE_UP = an_object(("action",), action=enum("Wakeup", "WakeUp"))

_PRECONDITIONING_PROGRAM: Schema = {
    **renamed(payloads.PRECONDITIONING_PROGRAM, {"occurence": "occurrence"}, temp=_NUMBER),
    "aliases": _ALIASES,
}

PRECONDITIONING = an_object(
    ("airConditioning",),
    airConditioning={
        **an_object(
            immediate=BOOLEAN,
            programs={"type": "array", "maxItems": 4, "uniqueBy": "slot", "items": _PRECONDITIONING_PROGRAM},
            settings=an_object(
                ("temp",), temp=_NUMBER, mode=enum("Manual", "Auto"), state=enum("Activated", "Unactivated")
            ),
        ),
        "anyOf": each("immediate", "programs", "settings"),
    },
)


def _percent(most: int) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": most}


_CHARGING_PROGRAM: Schema = {
    **an_object(
        slot={"type": "integer", "minimum": 1, "maximum": 2},
        enabled=BOOLEAN,
        start=DAY_TIME,
        end=DAY_TIME,
        occurrence=OCCURRENCE,
        chargeToFull=BOOLEAN,
        minSOC=_percent(50),
        targetSOC=_percent(100),
        minChargingLevel=_percent(50),
        maxChargingLevel=_percent(100),
        chargeType=enum("Regular", "Cooperative"),
        actionsType=_ACTIONS_TYPE,
    ),
    "aliases": _ALIASES,
    # "Only slot number is required for delete", though the schema wants the levels then, too.
    "if": {"properties": {"actionsType": {"const": "Delete"}}, "required": ["actionsType"]},
    "then": {"required": ["slot"]},
    "else": {"required": ["minChargingLevel", "maxChargingLevel"]},
}

_DEFERRED: Schema = {
    **an_object(
        start={**an_object(startTime=DAY_TIME, immediate=BOOLEAN), "oneOf": each("startTime", "immediate")},
        end=an_object(("endTime", "chargeToFull"), endTime=DAY_TIME, chargeToFull=BOOLEAN),
    ),
    "anyOf": each("start", "end"),
}

CHARGING = an_object(
    ("charge",),
    charge={
        **an_object(
            immediate=BOOLEAN,
            programs={"type": "array", "maxItems": 2, "uniqueBy": "slot", "items": _CHARGING_PROGRAM},
            settings={
                **an_object(
                    chargePreferenceRate=enum("Low", "LowPlus", "Med", "MedPlus", "High"),
                    chargeLimit=enum("MedPlus", "High"),
                ),
                "oneOf": each("chargePreferenceRate", "chargeLimit"),
            },
            deferred=_DEFERRED,
        ),
        "anyOf": each("immediate", "programs", "settings", "deferred"),
        "not": {
            "anyOf": [
                {"required": ["settings"], "anyOf": each("immediate", "programs", "deferred")},
                {"required": ["deferred"], "anyOf": each("immediate", "programs")},
            ],
        },
        "$comment": "settings and deferred each stand alone, beside nothing else",
    },
)

STOLEN: Schema = {
    **an_object(state=BOOLEAN, crankInhibit=payloads.IMMOBILIZATION),
    "oneOf": each("state", "crankInhibit"),
}

NAVIGATION = an_object(
    ("positions",),
    positions={
        "type": "array",
        "minItems": 1,
        "maxItems": 10,
        "items": an_object(
            ("geometry",),
            type=enum("Feature"),
            geometry=payloads.POINT,
            properties=an_object(
                address=an_object(
                    houseNumber={"type": "string"},
                    postalCode={"type": "integer"},
                    streetName={"type": "string"},
                    cityName={"type": "string"},
                    countryName={"type": "string"},
                    provinceName={"type": "string"},
                ),
                placeid={"type": "integer"},
                name={"type": "string"},
                category={"type": "string"},
                description={"type": "string"},
                phoneNumber={"type": "string"},
                url={"type": "string"},
            ),
        ),
    },
    driverApproval=BOOLEAN,
)
