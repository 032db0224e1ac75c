"""The payload of each remote type as JSON Schema, in v3's form. Unknown extra fields are always allowed.

From fleet-owner-v3.yaml, schemas Remote*, with what its descriptions say in words; State, `number` of Horn and
`duration` of Lights stand in the prose only. VehicleFinder, Tan and OnboardPersonalData: connected-car-v1.yaml.
"""

from protocol.schema import Schema


def enum(*values: str) -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": list(values)}


def an_object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object with these fields, and any others."""
    return {"type": "object", "properties": properties, "required": list(required)}


def each(*keys: str) -> list[Schema]:
    """Options for `oneOf` and `anyOf`: one of the keys."""
    return [{"required": [key]} for key in keys]


BOOLEAN: Schema = {"type": "boolean"}
DAY_TIME: Schema = {"type": "string", "format": "day-time"}
_DATE_TIME: Schema = {"type": "string", "format": "date-time"}
_SLOT: Schema = {"type": "integer", "minimum": 1, "maximum": 4}
# v1 and some examples of v3 spell it the right way, the schemas of v3 don't.
_PROGRAM_ALIASES = {"occurrence": "occurence"}
OCCURRENCE = an_object(("day",), day={"type": "array", "items": enum("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")})

LOCKING = an_object(("state",), state=enum("Unlocked", "Locked"), forced=BOOLEAN)

LIGHTS = an_object(("on",), on=BOOLEAN, duration={"type": "string", "format": "duration"})

# A published example prints `number: 0`.
HORN = an_object(
    ("state",),
    state=enum("Activated", "Unactivated"),
    number={"type": "integer", "minimum": 1, "absent": 0},
)

STATE = an_object(action=enum("state"))

WAKE_UP = an_object(action=enum("WakeUp"))

IMMOBILIZATION = an_object(("activate",), activate=BOOLEAN)

PRECONDITIONING_PROGRAM: Schema = {
    **an_object(
        ("slot",),
        slot=_SLOT,
        enabled=BOOLEAN,
        recurrence=enum("None", "Daily"),
        start=DAY_TIME,
        occurence=OCCURRENCE,
        actionsType=enum("Set", "Delete"),
    ),
    "aliases": _PROGRAM_ALIASES,
    "if": {"properties": {"actionsType": {"const": "Delete"}}, "required": ["actionsType"]},
    "else": {"required": ["enabled", "occurence", "start"]},
}

PRECONDITIONING = an_object(
    ("airConditioning",),
    airConditioning={
        **an_object(
            immediate=BOOLEAN,
            programs={
                "type": "array",
                "maxItems": 4,
                "uniqueBy": "slot",
                "items": PRECONDITIONING_PROGRAM,
            },
        ),
        "anyOf": each("immediate", "programs"),
    },
)

_CHARGING_PROGRAM: Schema = {
    **an_object(("start",), slot=_SLOT, enabled=BOOLEAN, start=DAY_TIME, end=DAY_TIME, occurence=OCCURRENCE),
    "aliases": _PROGRAM_ALIASES,
}

CHARGING: Schema = {
    **an_object(
        immediate=BOOLEAN,
        nextDelayedTime=_DATE_TIME,
        schedule={
            **an_object(
                nextDelayedTime=_DATE_TIME,
                programs={"type": "array", "uniqueBy": "slot", "items": _CHARGING_PROGRAM},
            ),
            "oneOf": each("nextDelayedTime", "programs"),
        },
        preferences={
            **an_object(
                level=enum("Level1", "Level2", "Level3", "Level4", "Level5"),
                type=enum("Partial", "Full"),
            ),
            "anyOf": each("level", "type"),
        },
    ),
    "anyOf": each("immediate", "schedule", "preferences", "nextDelayedTime"),
    "not": {
        "required": ["preferences"],
        "anyOf": each("immediate", "schedule", "nextDelayedTime"),
    },
    "$comment": "preferences can't stand beside immediate, schedule or nextDelayedTime",
}

STOLEN: Schema = {
    **an_object(
        stolen=BOOLEAN,
        trackingPeriod={
            **an_object(
                running={"type": "integer", "minimum": 5},
                shutdown={"type": "integer", "minimum": 60},
            ),
            "anyOf": each("running", "shutdown"),
        },
        immobilization=IMMOBILIZATION,
    ),
    "oneOf": each("stolen", "trackingPeriod", "immobilization"),
}

POINT = an_object(
    ("type", "coordinates"),
    type=enum("Point"),
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

NAVIGATION = an_object(
    ("positions",),
    positions={"type": "array", "minItems": 1, "maxItems": 10, "items": POINT},
    driverApproval=BOOLEAN,
)

VEHICLE_FINDER = an_object(("action",), action=enum("GetPresentLocation"))

_SUPPRESS: Schema = {
    **an_object(("state",), state=BOOLEAN, duration={"type": "integer", "minimum": 0, "maximum": 5}),
    "if": {"properties": {"state": {"const": True}}, "required": ["state"]},
    "then": {"required": ["duration"]},
}

TAN: Schema = {
    **an_object(
        suppress=_SUPPRESS,
        confirm=an_object(("state",), state=BOOLEAN),
    ),
    "oneOf": each("suppress", "confirm"),
}

ONBOARD_PERSONAL_DATA = an_object(("action",), action=enum("Delete"))
