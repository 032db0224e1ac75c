"""The payload of each remote type as JSON Schema, in v3's form. Unknown extra fields are always allowed.

From fleet-owner-v3.yaml, schemas Remote*, with what its descriptions say in words; State, `number` of Horn and
`duration` of Lights stand in the prose only. VehicleFinder, Tan and OnboardPersonalData: connected-car-v1.yaml.
"""

from protocol.schema import Schema


def _enum(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _each(*keys: str) -> list[Schema]:
    """Options for `oneOf` and `anyOf`: one of the keys."""
    return [{"required": [key]} for key in keys]


_BOOLEAN: Schema = {"type": "boolean"}
_DAY_TIME: Schema = {"type": "string", "format": "day-time"}
_DATE_TIME: Schema = {"type": "string", "format": "date-time"}
_SLOT: Schema = {"type": "integer", "minimum": 1, "maximum": 4}
# v1 and some examples of v3 spell it the right way, the schemas of v3 don't.
_PROGRAM_ALIASES = {"occurrence": "occurence"}
_OCCURRENCE = _object(("day",), day={"type": "array", "items": _enum("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")})

LOCKING = _object(("state",), state=_enum("Unlocked", "Locked"), forced=_BOOLEAN)

LIGHTS = _object(("on",), on=_BOOLEAN, duration={"type": "string", "format": "duration"})

# A published example prints `number: 0`.
HORN = _object(
    ("state",),
    state=_enum("Activated", "Unactivated"),
    number={"type": "integer", "minimum": 1, "absent": 0},
)

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
    "aliases": _PROGRAM_ALIASES,
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
        "anyOf": _each("immediate", "programs"),
    },
)

_CHARGING_PROGRAM: Schema = {
    **_object(("start",), slot=_SLOT, enabled=_BOOLEAN, start=_DAY_TIME, end=_DAY_TIME, occurence=_OCCURRENCE),
    "aliases": _PROGRAM_ALIASES,
}

CHARGING: Schema = {
    **_object(
        immediate=_BOOLEAN,
        nextDelayedTime=_DATE_TIME,
        schedule={
            **_object(
                nextDelayedTime=_DATE_TIME,
                programs={"type": "array", "uniqueBy": "slot", "items": _CHARGING_PROGRAM},
            ),
            "oneOf": _each("nextDelayedTime", "programs"),
        },
        preferences={
            **_object(
                level=_enum("Level1", "Level2", "Level3", "Level4", "Level5"),
                type=_enum("Partial", "Full"),
            ),
            "anyOf": _each("level", "type"),
        },
    ),
    "anyOf": _each("immediate", "schedule", "preferences", "nextDelayedTime"),
    "not": {
        "required": ["preferences"],
        "anyOf": _each("immediate", "schedule", "nextDelayedTime"),
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
            "anyOf": _each("running", "shutdown"),
        },
        immobilization=IMMOBILIZATION,
    ),
    "oneOf": _each("stolen", "trackingPeriod", "immobilization"),
}

_POINT = _object(
    ("type", "coordinates"),
    type=_enum("Point"),
    coordinates={
        "type": "array",
        "minItems": 2,
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

_SUPPRESS: Schema = {
    **_object(("state",), state=_BOOLEAN, duration={"type": "integer", "minimum": 0, "maximum": 5}),
    "if": {"properties": {"state": {"const": True}}, "required": ["state"]},
    "then": {"required": ["duration"]},
}

TAN: Schema = {
    **_object(
        suppress=_SUPPRESS,
        confirm=_object(("state",), state=_BOOLEAN),
    ),
    "oneOf": _each("suppress", "confirm"),
}

ONBOARD_PERSONAL_DATA = _object(("action",), action=_enum("Delete"))
