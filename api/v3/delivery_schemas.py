"""The shapes of our extensions about callbacks: batches, attempts, health, replay, test and secret."""

from api.rest.hal import MAX_TOTAL
from api.rest.shapes import ID, NUMBER, STRING, TIME, Schema, a_list, an_object, component, links, page_of
from api.v3.pages import PAGING
from protocol import statuses
from protocol.canonical.secret_names import MASK

BATCH_STATES = ("waiting", "parked", "delivered", "expired")
OUTCOMES = ("Succeeded", "Failed")

# Entries of `vins` and `remoteActionIds` of a batch in a list.
SHOWN_IN_LIST = 10

_TOTAL: Schema = {**NUMBER, "description": f"Counted to {MAX_TOTAL}."}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_WEBHOOK_ID: Schema = {**STRING, "description": "The header `webhook-id` of each try."}
_SECRET: Schema = {**STRING, "description": "whsec_ and the key in base64 (Standard Webhooks)."}

_BATCH: Schema = {
    "batchId": ID,
    "webhookId": _WEBHOOK_ID,
    "kind": {**STRING, "enum": ["events", "test"]},
    "state": {**STRING, "enum": list(BATCH_STATES), "description": "parked: its tries are used up."},
    "eventCount": NUMBER,
    "vins": {**a_list(STRING), "description": f"In a list of batches the first {SHOWN_IN_LIST}."},
    "remoteTypes": a_list(STRING),
    "remoteActionIds": {**a_list(STRING), "description": f"In a list of batches the first {SHOWN_IN_LIST}."},
    "oldestEventAt": TIME,
    "formedAt": TIME,
    "expiresAt": {**TIME, "description": "Not sent any more from then on, unless it is replayed."},
    "tries": {**NUMBER, "description": "Since it was formed, or replayed."},
    "nextTryAt": {**TIME, "description": "Only while it waits."},
    "lastTryAt": TIME,
    "deliveredAt": TIME,
}
_ALWAYS_THERE = tuple(name for name in _BATCH if name not in ("nextTryAt", "lastTryAt", "deliveredAt"))
_BATCH_LINKS = links("self", "callback", "attempts")
_BODY: Schema = {
    "type": "object",
    "additionalProperties": True,
    "description": f"What is posted, the same at each try; secret values of attributes are masked here (`{MASK}`).",
}
_ATTEMPTS: Schema = {
    **a_list(component("DeliveryAttempt")),
    "description": f"The newest {PAGING.most}, newest first; the link `attempts` leads to all.",
}

DELIVERY_SCHEMAS: dict[str, Schema] = {
    "Batch": an_object({"_links": _BATCH_LINKS, **_BATCH}, ("_links", *_ALWAYS_THERE)),
    "Batches": page_of("batches", "Batch", _TOTAL),
    "BatchInFull": an_object(
        {"_links": _BATCH_LINKS, **_BATCH, "body": _BODY, "attempts": _ATTEMPTS},
        ("_links", *_ALWAYS_THERE, "body", "attempts"),
    ),
    "DeliveryAttempt": an_object(
        {
            "_links": links("batch"),
            "batchId": ID,
            "number": {**NUMBER, "description": "Which try of the batch it was."},
            "at": TIME,
            "durationMs": NUMBER,
            "outcome": {**STRING, "enum": list(OUTCOMES)},
            "status": {**NUMBER, "description": "The HTTP status; left out when there was no answer."},
            "error": {**STRING, "description": "In words, only when it failed."},
            "answer": {**STRING, "description": "The start of the answer's body, if there was one."},
        },
        ("_links", "batchId", "number", "at", "durationMs", "outcome"),
    ),
    "DeliveryAttempts": page_of("attempts", "DeliveryAttempt", _TOTAL),
    "ReplayRequest": an_object(
        {
            "since": {**TIME, "description": "Batches that were formed at this time or later."},
            "until": {**TIME, "description": "Batches that were formed before this time; now if left out."},
            "only": {**STRING, "enum": ["Failed"], "description": "Only those that were tried and did not arrive."},
        },
        ("since",),
    ),
    "Replayed": an_object(
        {"replayed": {**NUMBER, "description": "How many batches are sent again; those that wait anyway don't count."}},
        ("replayed",),
    ),
    "TestNotification": an_object(
        {
            "batchId": ID,
            "webhookId": _WEBHOOK_ID,
            "detail": {**STRING, "description": "Why it is not sent at once, while the callback is not Running."},
        },
        ("batchId", "webhookId"),
    ),
    "CallbackHealth": an_object(
        {
            "_links": links("callback"),
            "status": {**STRING, "enum": list(statuses.CALLBACK_STATUSES)},
            "attempts": {**NUMBER, "description": "Of the last 24 hours, the newest 10000 at the most."},
            "successRate": {**_SHARE, "description": "Share of the attempts that succeeded; left out without any."},
            "waiting": {**NUMBER, "description": "Events that wait to be delivered."},
            "parked": {**NUMBER, "description": "Events of batches whose tries are used up."},
            "oldestWaitingAt": TIME,
            "nextTryAt": {**TIME, "description": "Left out when nothing waits, and while the callback is Paused."},
            "timeToDeliver": {
                **an_object({"p50Ms": NUMBER, "p95Ms": NUMBER}, ("p50Ms", "p95Ms")),
                "description": "From an event to the answer that took it, of the last 24 hours; left out without any.",
            },
        },
        ("_links", "status", "attempts", "waiting", "parked"),
    ),
    "NewSecret": an_object(
        {"secret": _SECRET, "previousSecretValidUntil": TIME}, ("secret", "previousSecretValidUntil")
    ),
}
