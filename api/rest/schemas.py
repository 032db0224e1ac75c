"""The shapes of our API's answers and bodies, as OpenAPI components (fleet-owner-v3.yaml and our extension fields).

The payload of a remote comes from the catalogue: the rules that are enforced are the rules that are shown.
"""

from typing import Any

from api.rest.delivery_schemas import DELIVERY_SCHEMAS
from api.rest.shapes import ID, STRING, TIME, Schema, an_object, component, links, page_of
from protocol import statuses
from protocol.canonical import MAX_LABEL
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import SUBSCRIBE

_OWN = ("uniqueBy", "aliases", "absent", "$comment")


def _published(schema: Any) -> Any:
    """A payload schema as OpenAPI shows it: our own keywords and formats in words."""
    if isinstance(schema, list):
        return [_published(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shown = {key: _published(value) for key, value in schema.items() if key not in _OWN}
    if "absent" in schema:
        shown |= {"minimum": schema["absent"], "description": f"{schema['absent']} means that none is given."}
    if "uniqueBy" in schema:
        shown["description"] = f"Each {schema['uniqueBy']} once at the most."
    if schema.get("format") == "day-time":
        shown |= {"format": "duration", "description": "From midnight, below 24 hours.", "example": "PT14H30M"}
    if shown.get("required") == []:
        del shown["required"]
    return shown


_WISHES: dict[str, Schema] = {
    "timeToLive": {
        "type": "string",
        "description": "Extension: after this ISO 8601 duration, of a day at most, it is not sent any more.",
        "examples": ["PT5M"],
    },
    "whenAwake": {
        "type": "boolean",
        "description": "Extension: wait for the vehicle's next waking and spend no wake-up.",
    },
}


def _remote() -> Schema:
    keys = {entry.v3.key: _published(entry.schema) for entry in REMOTE_TYPES.values()}
    return {
        **an_object({"label": {"type": "string", "maxLength": MAX_LABEL}, **keys, **_WISHES}),
        "description": "Exactly one remote action.",
        "oneOf": [{"required": [key]} for key in keys],
    }


_TYPE_NAMES = [entry.v3.type_name for entry in REMOTE_TYPES.values()]

SCHEMAS: dict[str, Schema] = {
    "Link": an_object({"href": STRING, "templated": {"type": "boolean"}}, ("href",)),
    "Error": an_object(
        {"code": {"type": "integer"}, "uuid": STRING, "message": STRING, "timestamp": TIME},
        ("code", "uuid", "message", "timestamp"),
    ),
    "Fleet": an_object(
        {
            "_links": links("self", "vehicles", "callbacks"),
            "id": ID,
            "name": STRING,
            "description": STRING,
            "createdAt": TIME,
            "updatedAt": TIME,
        },
        ("_links", "id", "name"),
    ),
    "Fleets": page_of("fleets", "Fleet"),
    "Vehicle": an_object(
        {
            "_links": links("self", "fleet", "status", "callbacks"),
            "id": ID,
            "vin": STRING,
            "brand": STRING,
            "motorization": {"type": "string", "enum": ["Electric", "Hybrid", "Thermic", "Hydrogen"]},
            "createdAt": TIME,
            "updatedAt": TIME,
            "goneAt": {**TIME, "description": "Extension: since then upstream no longer lists the vehicle."},
            "_embedded": an_object({"extension": component("VehicleExtension")}, ("extension",)),
        },
        ("_links", "id", "vin"),
    ),
    "Vehicles": page_of("vehicles", "Vehicle"),
    "VehicleExtension": an_object(
        {
            "branding": an_object({"brand": STRING, "label": {**STRING, "description": "The car's model."}}),
            "onboardCapabilities": {
                "type": "object",
                "description": "As upstream told it; left out while it is not known. What is not supported is a 400.",
                "additionalProperties": True,
            },
        }
    ),
    "Status": {
        **an_object(
            {"_links": links("self", "vehicle", "fleet"), "createdAt": TIME, "vin": STRING},
            ("_links", "createdAt", "vin"),
        ),
        "description": "The last status that upstream told, with all its fields.",
        "additionalProperties": True,
    },
    "RemoteCallbackSubscribe": _published(SUBSCRIBE),
    "RemoteCallback": an_object(
        {
            "_links": links("self", "fleet", "remotes"),
            "id": ID,
            "subscribe": component("RemoteCallbackSubscribe"),
            "status": {"type": "string", "enum": list(statuses.CALLBACK_STATUSES)},
            "statusReason": {**STRING, "description": "Extension: why it is Paused or Failed; only where known."},
            "statusSince": {**TIME, "description": "Extension: left out while the status was never changed."},
        },
        ("_links", "id", "subscribe", "status"),
    ),
    "RemoteCallbacks": page_of("callbacks", "RemoteCallback"),
    "CallbackRef": an_object(
        {
            "_links": links("fleet", "callback"),
            "callbackId": ID,
            "status": {"type": "string", "enum": list(statuses.CALLBACK_STATUSES)},
            "secret": {
                **STRING,
                "description": "Extension: signs what is posted (Standard Webhooks); only in the answer to POST.",
            },
        },
        ("_links", "callbackId", "status"),
    ),
    "RemoteCallbacksStatusSetter": an_object(
        {"status": {"type": "string", "enum": [statuses.CALLBACK_RUNNING, statuses.CALLBACK_PAUSED]}}, ("status",)
    ),
    "Remote": _remote(),
    "RemotePostResponse": an_object(
        {
            "_links": links("fleet", "callback", "remote"),
            "remoteActionId": ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
        },
        ("_links", "remoteActionId", "type"),
    ),
    "RemoteAction": an_object(
        {
            "_links": links("self", "fleet", "callback"),
            "remoteActionId": ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
            "remote": component("Remote"),
            "status": {**STRING, "description": "Left out until upstream has accepted; new words may come."},
            "failureCause": {**STRING, "description": "Only with the status Failed; new words may come."},
            "feedbackDetail": STRING,
            "state": {**STRING, "description": "Extension: how far FleetRemote is with it."},
            "detail": {**STRING, "description": "Extension: what the protocol has no word for."},
            "reason": {**STRING, "description": "Extension: why it was asked for, as X-Reason said."},
            "expiresAt": {**TIME, "description": "Extension: after that it is never sent."},
        },
        ("_links", "remoteActionId", "type", "remote", "state"),
    ),
    "RemoteActions": page_of("remoteActions", "RemoteAction"),
    **DELIVERY_SCHEMAS,
}
