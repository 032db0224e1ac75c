"""The shapes of our API's answers and bodies, as OpenAPI components (fleet-owner-v3.yaml and our extension fields).

The payload of a remote comes from the catalogue: the rules that are enforced are the rules that are shown.
"""

from typing import Any

from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import MAX_LABEL, SUBSCRIBE

Schema = dict[str, Any]

_STRING: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_ID: Schema = {"type": "string", "pattern": "^([0-9a-fA-F]|-|_)*$"}


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _links(*names: str) -> Schema:
    return _object({name: _ref("Link") for name in names}, names)


def _collection(name: str, item: str) -> Schema:
    embedded = _object({name: {"type": "array", "items": _ref(item)}}, (name,))
    links = _object({name: _ref("Link") for name in ("self", "first", "next")}, ("self", "first"))
    numbers = {name: {"type": "integer"} for name in ("total", "totalPage", "currentPage")}
    return _object(
        {"_links": links, **numbers, "_embedded": embedded},
        ("_links", "total", "totalPage", "currentPage", "_embedded"),
    )


def _published(schema: Any) -> Any:
    """A payload schema as OpenAPI shows it: our own keyword and formats in words."""
    if isinstance(schema, list):
        return [_published(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shown = {key: _published(value) for key, value in schema.items() if key not in ("uniqueBy", "aliases", "$comment")}
    if "uniqueBy" in schema:
        shown["description"] = f"Each {schema['uniqueBy']} once at the most."
    if schema.get("format") == "day-time":
        shown |= {"format": "duration", "description": "From midnight, below 24 hours.", "example": "PT14H30M"}
    if shown.get("required") == []:
        del shown["required"]
    return shown


def _remote() -> Schema:
    keys = {entry.v3.key: _published(entry.schema) for entry in REMOTE_TYPES.values()}
    return {
        **_object({"label": {"type": "string", "maxLength": MAX_LABEL}, **keys}),
        "description": "Exactly one remote action.",
        "oneOf": [{"required": [key]} for key in keys],
    }


_TYPE_NAMES = [entry.v3.type_name for entry in REMOTE_TYPES.values()]

SCHEMAS: dict[str, Schema] = {
    "Link": _object({"href": _STRING, "templated": {"type": "boolean"}}, ("href",)),
    "Error": _object(
        {"code": {"type": "integer"}, "uuid": _STRING, "message": _STRING, "timestamp": _TIME},
        ("code", "uuid", "message", "timestamp"),
    ),
    "Fleet": _object(
        {
            "_links": _links("self", "vehicles", "callbacks"),
            "id": _ID,
            "name": _STRING,
            "description": _STRING,
            "createdAt": _TIME,
            "updatedAt": _TIME,
        },
        ("_links", "id", "name"),
    ),
    "Fleets": _collection("fleets", "Fleet"),
    "Vehicle": _object(
        {
            "_links": _links("self", "fleet", "status", "callbacks"),
            "id": _ID,
            "vin": _STRING,
            "brand": _STRING,
            "motorization": {"type": "string", "enum": ["Electric", "Hybrid", "Thermic", "Hydrogen"]},
            "createdAt": _TIME,
            "updatedAt": _TIME,
            "goneAt": {**_TIME, "description": "Extension: since then upstream no longer lists the vehicle."},
            "_embedded": _object({"extension": _ref("VehicleExtension")}, ("extension",)),
        },
        ("_links", "id", "vin"),
    ),
    "Vehicles": _collection("vehicles", "Vehicle"),
    "VehicleExtension": _object(
        {
            "branding": _object({"brand": _STRING, "label": {**_STRING, "description": "The car's model."}}),
            "onboardCapabilities": {
                "type": "object",
                "description": "As upstream told it; left out while it is not known. What is not supported is a 400.",
                "additionalProperties": True,
            },
        }
    ),
    "Status": {
        **_object(
            {"_links": _links("self", "vehicle", "fleet"), "createdAt": _TIME, "vin": _STRING},
            ("_links", "createdAt", "vin"),
        ),
        "description": "The last status that upstream told, with all its fields.",
        "additionalProperties": True,
    },
    "RemoteCallbackSubscribe": _published(SUBSCRIBE),
    "RemoteCallback": _object(
        {
            "_links": _links("self", "fleet", "remotes"),
            "id": _ID,
            "subscribe": _ref("RemoteCallbackSubscribe"),
            "status": {"type": "string", "enum": list(statuses.CALLBACK_STATUSES)},
        },
        ("_links", "id", "subscribe", "status"),
    ),
    "RemoteCallbacks": _collection("callbacks", "RemoteCallback"),
    "CallbackRef": _object(
        {
            "_links": _links("fleet", "callback"),
            "callbackId": _ID,
            "status": {"type": "string", "enum": list(statuses.CALLBACK_STATUSES)},
        },
        ("_links", "callbackId", "status"),
    ),
    "RemoteCallbacksStatusSetter": _object(
        {"status": {"type": "string", "enum": [statuses.CALLBACK_RUNNING, statuses.CALLBACK_PAUSED]}}, ("status",)
    ),
    "Remote": _remote(),
    "RemotePostResponse": _object(
        {
            "_links": _links("fleet", "callback", "remote"),
            "remoteActionId": _ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
        },
        ("_links", "remoteActionId", "type"),
    ),
    "RemoteAction": _object(
        {
            "_links": _links("self", "fleet", "callback"),
            "remoteActionId": _ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
            "remote": _ref("Remote"),
            "status": {**_STRING, "description": "Left out until upstream has accepted; new words may come."},
            "failureCause": {**_STRING, "description": "Only with the status Failed; new words may come."},
            "feedbackDetail": _STRING,
            "state": {**_STRING, "description": "Extension: how far FleetRemote is with it."},
            "detail": {**_STRING, "description": "Extension: what the protocol has no word for."},
        },
        ("_links", "remoteActionId", "type", "remote", "state"),
    ),
    "RemoteActions": _collection("remoteActions", "RemoteAction"),
}
