"""The payload of each remote type as JSON Schema: fleet-owner-v3.yaml, schemas Remote*, and the prose for `number` and
`duration`. VehicleFinder, Tan and OnboardPersonalData: connected-car-v1.yaml. Unknown extra fields are always allowed.
"""

from protocol.schema import Schema


def _enum(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _exactly_one(*keys: str) -> list[Schema]:
    return [{"required": [key]} for key in keys]


_BOOLEAN: Schema = {"type": "boolean"}
_DAY_TIME: Schema = {"type": "string", "format": "day-time"}
_DATE_TIME: Schema = {"type": "string", "format": "date-time"}
_SLOT: Schema = {"type": "integer", "minimum": 1, "maximum": 4}
_OCCURRENCE = _object(("day",), day={"type": "array", "items": _enum("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")})

LOCKING = _object(("state",), state=_enum("Unlocked", "Locked"), forced=_BOOLEAN)

LIGHTS = _object(("on",), on=_BOOLEAN, duration={"type": "string", "format": "duration"})

HORN = _object(("state",), state=_enum("Activated", "Unactivated"), number={"type": "integer", "minimum": 1})

STATE = _object(action=_enum("state"))

WAKE_UP = _object(action=_enum("WakeUp"))

IMMOBILIZATION = _object(("activate",), activate=_BOOLEAN)

_PRECONDITIONING_PROGRAM: Schema = {
    **_object(
        ("slot",),
        slot=_SLOT,
        enabled=_BOOLEAN,
        recurrence=_enum("None", "Daily"),
        start=_DAY_TIME,
        occurence=_OCCURRENCE,
        actionsType=_enum("Set", "Delete"),
    ),
    "if": {"properties": {"actionsType": {"const": "Delete"}}, "required": ["actionsType"]},
    "else": {"required": ["enabled", "occurence", "start"]},
}

PRECONDITIONING = _object(
    ("airConditioning",),
    airConditioning={
        **_object(
            immediate=_BOOLEAN,
            programs={
                "type": "array",
                "maxItems": 4,
                "uniqueBy": "slot",
                "items": _PRECONDITIONING_PROGRAM,
            },
        ),
        "minProperties": 1,
    },
)

_CHARGING_PROGRAM = _object(
    ("start", "occurence"),
    slot=_SLOT,
    enabled=_BOOLEAN,
    start=_DAY_TIME,
    end=_DAY_TIME,
    occurence=_OCCURRENCE,
)

CHARGING: Schema = {
    **_object(
        immediate=_BOOLEAN,
        nextDelayedTime=_DATE_TIME,
        schedule={
            **_object(
                nextDelayedTime=_DATE_TIME,
                programs={"type": "array", "uniqueBy": "slot", "items": _CHARGING_PROGRAM},
            ),
            "oneOf": _exactly_one("nextDelayedTime", "programs"),
        },
        preferences={
            **_object(
                level=_enum("Level1", "Level2", "Level3", "Level4", "Level5"),
                type=_enum("Partial", "Full"),
            ),
            "minProperties": 1,
        },
    ),
    "anyOf": _exactly_one("immediate", "schedule", "preferences", "nextDelayedTime"),
    "not": {
        "required": ["preferences"],
        "anyOf": _exactly_one("immediate", "schedule", "nextDelayedTime"),
    },
    "$comment": "preferences can't stand beside immediate, schedule or nextDelayedTime",
}

STOLEN: Schema = {
    **_object(
        stolen=_BOOLEAN,
        trackingPeriod={
            **_object(
                running={"type": "integer", "minimum": 5},
                shutdown={"type": "integer", "minimum": 60},
            ),
            "minProperties": 1,
        },
        immobilization=IMMOBILIZATION,
    ),
    "oneOf": _exactly_one("stolen", "trackingPeriod", "immobilization"),
}

_POINT = _object(
    ("type", "coordinates"),
    type=_enum("Point"),
    coordinates={
        "type": "array",
        "minItems": 2,
        "maxItems": 3,
        "prefixItems": [
            {"type": "number", "minimum": -180, "maximum": 180},
            {"type": "number", "minimum": -90, "maximum": 90},
        ],
        "items": {"type": "number"},
    },
)

NAVIGATION = _object(
    ("positions",),
    positions={"type": "array", "minItems": 1, "maxItems": 10, "items": _POINT},
    driverApproval=_BOOLEAN,
)

VEHICLE_FINDER = _object(("action",), action=_enum("GetPresentLocation"))

TAN: Schema = {
    **_object(
        suppress=_object(("state",), state=_BOOLEAN, duration={"type": "integer", "minimum": 0, "maximum": 5}),
        confirm=_object(("state",), state=_BOOLEAN),
    ),
    "oneOf": _exactly_one("suppress", "confirm"),
}

ONBOARD_PERSONAL_DATA = _object(("action",), action=_enum("Delete"))
