"""The shapes of our API's answers and bodies, as OpenAPI components (fleet-owner-v3.yaml and our extension fields).

The payload of a remote comes from the catalogue: the rules that are enforced are the rules that are shown.
"""

from api.rest.shapes import ID, STRING, TIME, Schema, an_object, component, links, masking, page_of, published
from api.rest.wishes import WISHES
from api.v3.delivery_schemas import DELIVERY_SCHEMAS
from protocol import statuses
from protocol.canonical import MAX_LABEL
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import SUBSCRIBE


def _remote() -> Schema:
    keys = {entry.v3.key: published(entry.schema) for entry in REMOTE_TYPES.values()}
    return {
        **an_object({"label": {"type": "string", "maxLength": MAX_LABEL}, **keys, **WISHES}),
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
    "RemoteCallbackSubscribe": published(SUBSCRIBE),
    "RemoteCallback": an_object(
        {
            "_links": links("self", "fleet", "remotes"),
            "id": ID,
            "subscribe": masking("RemoteCallbackSubscribe"),
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
