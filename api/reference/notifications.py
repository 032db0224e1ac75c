"""What FleetRemote posts to a webhook, for `webhooks` of an OpenAPI 3.1 document: bodies, headers and signature."""

import json
from typing import Any

from api.reference.samples import ACTION_ID, CALLBACK_ID, FLEET_ID, TIME, VIN
from api.rest.shapes import ID, NUMBER, STRING, Schema, a_list, an_object, component
from api.rest.shapes import TIME as WHEN
from protocol import statuses
from protocol.canonical import JsonObject
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import CODECS

SIGNATURE = (
    "Signed as Standard Webhooks describes it (standardwebhooks.com): `webhook-signature` is `v1,` and the base64 of"
    " the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes of the body as they came. The key is"
    " the base64 behind `whsec_` of the secret that the registration was answered with. For 24 hours after a new secret"
    " was made there are two signatures with a blank between; either will do. Refuse a timestamp that is more than five"
    " minutes off."
)
HEADERS: dict[str, tuple[Schema, str]] = {
    "webhook-id": (
        {"type": "string", "pattern": "^msg_[0-9a-f]{32}$"},
        "The same at each try: drop what you have seen.",
    ),
    "webhook-timestamp": ({"type": "string", "pattern": "^[0-9]+$"}, "When this try was made: seconds since 1970."),
    "webhook-signature": (STRING, "`v1,` and the signature; two of them, with a blank between, after a new secret."),
}
ANSWERS = {
    "2XX": "Kept. Answer so as soon as it is stored, whether you can use it or not. It releases what is parked.",
    "410": "Pauses the callback at once.",
    "429": "A failure. `Retry-After`, in seconds or as a date, puts the next try off.",
    "503": "A failure. `Retry-After`, in seconds or as a date, puts the next try off.",
    "default": "A failure, as is no answer within 15 seconds: it is tried again as the retry policy says, for 3 days.",
}

_TEST: Schema = {"type": "boolean", "description": "Extension: true in a test notification, else left out."}
_STATUS = an_object(
    {
        "type": {"type": "string", "enum": [statuses.PENDING, statuses.DONE]},
        "status": {
            **STRING,
            "description": f"Pending: {', '.join(statuses.PENDING_STATUSES)}. Done: {', '.join(statuses.DONE_STATUSES)}"
            ". New words may come.",
        },
        "failureCause": {
            **STRING,
            "description": f"With Failed: {', '.join(statuses.FAILURE_CAUSES_V3)}. New words may come.",
        },
        "feedbackDetail": STRING,
    },
    ("type", "status"),
)
_PAIRS = a_list(an_object({"key": STRING, "value": STRING}, ("key", "value")))
_EVENT: Schema = {"remoteActionId": ID, "remoteType": STRING, "eventStatus": component("RemoteEventStatus")}

SCHEMAS: dict[str, dict[str, Schema]] = {
    "v3": {
        "RemoteEvents": an_object(
            {"callbackId": ID, "attributes": _PAIRS, "events": a_list(component("RemoteEvent"))},
            ("callbackId", "attributes", "events"),
        ),
        "RemoteEvent": an_object(
            {
                **_EVENT,
                "vin": STRING,
                "eventDate": {**WHEN, "description": "Left out where the end was learned by asking."},
                "test": _TEST,
            },
            ("remoteActionId", "vin", "remoteType", "eventStatus"),
        ),
        "RemoteEventStatus": _STATUS,
        "AlertEvents": an_object(
            {"callbackId": ID, "attributes": _PAIRS, "events": a_list(component("AlertEvent"))},
            ("callbackId", "attributes", "events"),
        ),
        "AlertEvent": an_object(
            {
                "alertId": ID,
                "kind": {**STRING, "description": "Such as dangerous-action or gateway-down; new ones may come."},
                "fleetId": ID,
                "vin": {**STRING, "description": "Left out where it is about no vehicle."},
                "remoteActionId": {**ID, "description": "Left out where it is about no remote action."},
                "message": {**STRING, "description": "For a person."},
                "raisedAt": WHEN,
                "clearedAt": {**WHEN, "description": "Left out while it is not over."},
                "count": {**NUMBER, "description": "How often it has occurred."},
                "test": _TEST,
            },
            ("alertId", "kind", "fleetId", "message", "raisedAt", "count"),
        ),
    },
    "v1": {
        "Message": an_object(
            {
                "channelId": ID,
                "attributes": {**_PAIRS, "description": "The Body attributes of the action, with their variables."},
                "type": {"type": "string", "enum": ["Remote"]},
                "date": WHEN,
                "remoteEvent": component("RemoteEvent"),
            },
            ("channelId", "attributes", "type", "date", "remoteEvent"),
        ),
        "RemoteEvent": an_object({**_EVENT, "test": _TEST}, tuple(_EVENT)),
        "RemoteEventStatus": _STATUS,
    },
}


def _event(event_type: str, status: str, cause: str | None = None, **more: Any) -> bytes:
    told: JsonObject = {"type": event_type, "status": status} | ({"failureCause": cause} if cause else {})
    # v1's messages name the types as v3's do.
    name = REMOTE_TYPES["Locking"].v3.type_name
    event = {"remoteActionId": ACTION_ID, "vin": VIN, "eventDate": TIME, "remoteType": name, "eventStatus": told}
    return json.dumps(event | more).encode()


_PAIR = {
    "v3": [{"key": "site", "value": "Lyon"}],
    "v1": [{"type": "Body", "key": "vin", "value": "$Vin"}],
}


def _body(dialect: str, *events: bytes) -> Any:
    return json.loads(CODECS[dialect].encode_batch(CALLBACK_ID, _PAIR[dialect], events))


def examples(dialect: str) -> dict[str, tuple[str, Any]]:
    """By a name: what it shows, and the body, as the codec writes it."""
    on_the_way = _event(statuses.PENDING, statuses.WAKING_UP_VEHICLE)
    done = _event(statuses.DONE, statuses.SUCCESS)
    failed = _event(statuses.DONE, statuses.FAILED, statuses.VEHICLE_CONNECTION_TIMEOUT)
    test = _event(statuses.DONE, statuses.SUCCESS, test=True)
    return {
        "on-the-way": ("It is on its way", _body(dialect, on_the_way)),
        "success": ("It was carried out", _body(dialect, done)),
        "failed": ("It was not carried out, and why", _body(dialect, failed)),
        "several": ("Several in one request", _body(dialect, on_the_way, done)),
        "test": ("A test notification", _body(dialect, test)),
    }


ALERT: JsonObject = {
    "callbackId": CALLBACK_ID,
    "attributes": [],
    "events": [
        {
            "alertId": "5f0e2b7c9a1d4e6f8a0b1c2d",
            "kind": "dangerous-action",
            "fleetId": FLEET_ID,
            "vin": VIN,
            "remoteActionId": ACTION_ID,
            "message": "“Immobilise” for Van 1 failed. Someone was using the vehicle. Try again when it is parked.",
            "raisedAt": TIME,
            "count": 1,
        }
    ],
}


def webhooks(dialect: str) -> dict[str, Any]:
    """`webhooks` of the dialect's document."""
    if dialect == "v1":
        schema: Schema = {"oneOf": [component("Message"), a_list(component("Message"))]}
        words = "What becomes of a remote action, posted to a channel. 100 that wait come as one array."
        return {"remoteMessage": _posted("remoteMessage", words, schema, examples("v1"))}
    words = "What becomes of a remote action, posted to a callback."
    alert = "What the fleet's people are told too, posted to an alert webhook that they have set up on a page."
    return {
        "remoteEvents": _posted("remoteEvents", words, component("RemoteEvents"), examples("v3")),
        "alertEvents": _posted("alertEvents", alert, component("AlertEvents"), {"alert": ("An alert", ALERT)}),
    }


def _posted(name: str, words: str, schema: Schema, shown: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    bodies = {key: {"summary": summary, "value": value} for key, (summary, value) in shown.items()}
    return {
        "post": {
            "operationId": name,
            "summary": words,
            "description": f"{words}\n\n{SIGNATURE}",
            "tags": ["Notifications"],
            "parameters": [
                {"in": "header", "name": header, "required": True, "schema": kind, "description": meaning}
                for header, (kind, meaning) in HEADERS.items()
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": bodies}}},
            "responses": {code: {"description": meaning} for code, meaning in ANSWERS.items()},
        }
    }
