"""The shapes of v1's answers and bodies, as OpenAPI components (connected-car-v1.yaml and our extension fields).

What a client posts comes from the codec: the rules that are enforced are the rules that are shown.
"""

from api.rest.hal import MAX_TOTAL
from api.rest.shapes import (
    ID,
    NUMBER,
    STRING,
    TIME,
    Schema,
    an_object,
    links,
    masking,
    page_of,
    published,
)
from api.rest.wishes import WISHES
from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from protocol.v1 import REMOTE, SUBSCRIBE

_TIMES: Schema = {"createdAt": TIME, "updatedAt": TIME}
_STATUS: Schema = {"type": "string", "enum": list(statuses.CALLBACK_STATUSES)}
_WIRES = [entry.v1 for entry in REMOTE_TYPES.values() if entry.v1]
_TYPE_NAMES = [name for wire in _WIRES for name in (wire.by_part.values() or [wire.type_name])]
_TOTAL: Schema = {**NUMBER, "description": f"Counted to {MAX_TOTAL}."}


def _remote() -> Schema:
    schema: Schema = published(REMOTE)
    return {**schema, "properties": {**schema["properties"], **WISHES}}


SCHEMAS: dict[str, Schema] = {
    "Link": an_object({"href": STRING, "templated": {"type": "boolean"}}, ("href",)),
    "Error": an_object(
        {
            "name": {**STRING, "description": "The kind of error, such as BAD_REQUEST or REMOTE_NOT_SUPPORTED."},
            "debug": {**STRING, "description": "ERROR_ and an id of its own."},
            "message": STRING,
            "code": {**NUMBER, "description": "Only where there is no data yet."},
        },
        ("name", "debug", "message"),
    ),
    "Vehicle": an_object(
        {
            "_links": links("self", "lastTelemetries", "remotes"),
            "id": {**ID, "description": "Extension: what the addresses name it by."},
            "vin": STRING,
            "motorization": {"type": "string", "enum": ["Electric", "Hybrid", "Thermic", "Hydrogen"]},
            "goneAt": {**TIME, "description": "Extension: since then upstream no longer lists the vehicle."},
            "_embedded": an_object({"extension": {"type": "object"}}, ("extension",)),
        },
        ("_links", "id", "vin"),
    ),
    "Vehicles": page_of("vehicles", "Vehicle"),
    "VehicleCapability": an_object(
        {
            "vin": STRING,
            "brand": STRING,
            "model": STRING,
            "motorization": STRING,
            "onboardCapabilities": {
                "type": "object",
                "description": "As upstream told it; left out while it is not known. What is not supported is a 501.",
                "additionalProperties": True,
            },
        },
        ("vin",),
    ),
    "AggregatedTelemetries": {
        **an_object({"_links": links("self", "vehicle"), **_TIMES}, ("_links", "createdAt")),
        "description": "The last telemetry that upstream told, with all its fields.",
        "additionalProperties": True,
    },
    "ChannelSubscribe": published(SUBSCRIBE),
    "Channel": an_object(
        {
            "_links": links("self"),
            "id": ID,
            "subscribe": masking("ChannelSubscribe"),
            "status": _STATUS,
            **_TIMES,
            "statusReason": {**STRING, "description": "Extension: why it is Paused or Failed; only where known."},
        },
        ("_links", "id", "subscribe", "status", *_TIMES),
    ),
    "Channels": page_of("channels", "Channel"),
    "ChannelRef": an_object(
        {
            "_links": links("channel"),
            "channelId": ID,
            "status": _STATUS,
            **_TIMES,
            "secret": {
                **STRING,
                "description": "Extension: signs what is posted (Standard Webhooks); only in the answer to POST.",
            },
        },
        ("_links", "channelId", "status", *_TIMES),
    ),
    "ChannelStatusSetter": an_object(
        {"status": {"type": "string", "enum": [statuses.CALLBACK_RUNNING, statuses.CALLBACK_PAUSED]}}, ("status",)
    ),
    "Remote": _remote(),
    "RemotePostResponse": an_object(
        {
            "_links": links("channel", "remote"),
            "remoteActionId": ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
        },
        ("_links", "remoteActionId", "type"),
    ),
    "RemoteAction": an_object(
        {
            "_links": links("self", "channel"),
            "remoteActionId": ID,
            "type": {"type": "string", "enum": _TYPE_NAMES},
            "remote": masking("Remote"),
            "status": {
                **STRING,
                "description": "Accepted from the beginning: `state` tells whether upstream has; new words may come.",
            },
            "failureCause": {**STRING, "description": "Only with the status Failed; new words may come."},
            "feedbackDetail": {**STRING, "description": "Extension: as v3 has it."},
            "state": {**STRING, "description": "Extension: how far FleetRemote is with it."},
            "detail": {**STRING, "description": "Extension: what the protocol has no word for."},
            "reason": {**STRING, "description": "Extension: why it was asked for, as X-Reason said."},
            "expiresAt": {**TIME, "description": "Extension: after that it is never sent."},
        },
        ("_links", "remoteActionId", "type", "remote", "status", "state"),
    ),
    "RemoteActions": page_of("remoteActions", "RemoteAction", _TOTAL),
}
