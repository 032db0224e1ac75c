"""A callback as it is registered: RemoteCallbackSubscribe of fleet-owner-v3.yaml."""

from protocol.canonical.attributes import check_attributes
from protocol.canonical.document import MAX_LABEL, JsonObject
from protocol.canonical.subscribe import Subscribe
from protocol.canonical.targets import read_target
from protocol.catalogue import REMOTE_TYPES
from protocol.errors import Invalid
from protocol.schema import Schema, check, rename, respell
from protocol.storable import check_storable

# v3's webhook knows one type that no remote asks for.
_TYPE_NAMES = [*(entry.v3.type_name for entry in REMOTE_TYPES.values()), "ChargingState"]

_WEBHOOK: Schema = {
    "type": "object",
    "aliases": {"attributres": "attributes"},
    "required": ["target", "name"],
    "properties": {
        "target": {"type": "string", "minLength": 1, "maxLength": 2000},
        "name": {"type": "string", "minLength": 1, "maxLength": 500},
        "attributes": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["key", "value", "type"],
                "properties": {
                    "type": {"type": "string", "enum": ["Header", "Body", "Query"]},
                    "key": {"type": "string", "minLength": 1, "maxLength": 200},
                    "value": {"type": "string", "maxLength": 2000},
                },
            },
        },
    },
}

# RemoteCallbackSubscribe of fleet-owner-v3.yaml; `Always` from the prose, the upper limits are ours.
SUBSCRIBE: Schema = {
    "type": "object",
    "aliases": {"notificationTypes": "remoteTypes"},
    "required": ["callback"],
    "properties": {
        "label": {"type": "string", "maxLength": MAX_LABEL},
        "retryPolicy": {
            "type": "object",
            "aliases": {"maxRetryNumber": "retryNumber"},
            "required": ["policy"],
            "properties": {
                "policy": {"type": "string", "enum": ["None", "Bounded", "Always"]},
                "retryNumber": {"type": "integer", "minimum": 1, "maximum": 10_000},
                "retryDelay": {"type": "integer", "minimum": 1, "maximum": 259_200},
            },
        },
        "batchNotify": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 0, "maximum": 10_000},
                "timeWindow": {"type": "integer", "minimum": 5, "maximum": 172_800},
            },
        },
        "callback": {"type": "object", "required": ["webhook"], "properties": {"webhook": _WEBHOOK}},
        "remoteTypes": {
            "type": "array",
            "items": {"type": "string", "enum": _TYPE_NAMES},
        },
    },
}


def decode_subscribe(body: object) -> Subscribe:
    """Read the body of POST …/callbacks. Raises Invalid with the path of the field at fault."""
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    check_storable(body)
    document = _batch_at_its_place(respell(SUBSCRIBE, body))
    check(SUBSCRIBE, document)
    webhook = document["callback"]["webhook"]
    read_target(webhook["target"])
    check_attributes(webhook.get("attributes", ()), "callback.webhook.attributes")
    retry = document.get("retryPolicy", {})
    batch = document.get("batchNotify", {})
    return Subscribe(
        document=document,
        target=webhook["target"],
        name=webhook["name"],
        label=document.get("label", ""),
        attributes=tuple(webhook.get("attributes", ())),
        remote_types=tuple(document.get("remoteTypes", ())),
        policy=retry.get("policy", "Bounded"),
        retry_number=retry.get("retryNumber", 3),
        retry_delay=retry.get("retryDelay", 10),
        batch_size=batch.get("size", 0),
        batch_window=batch.get("timeWindow", 60),
    )


def encode_subscribe(document: JsonObject) -> JsonObject:
    """The body of POST …/callbacks: the canonical form is v3's."""
    return document


def _batch_at_its_place(document: JsonObject) -> JsonObject:
    """`webhook.batch {enabled, size}` of the examples written as `batchNotify`; one that is not enabled is left out."""
    callback = document.get("callback")
    webhook = callback.get("webhook") if isinstance(callback, dict) else None
    batch = webhook.get("batch") if isinstance(webhook, dict) else None
    if not isinstance(callback, dict) or not isinstance(webhook, dict) or not isinstance(batch, dict):
        return document
    kept = {key: value for key, value in webhook.items() if key != "batch"}
    document = {**document, "callback": {**callback, "webhook": kept}}
    if batch.get("enabled", True) is False:
        return document
    notify = {key: value for key, value in batch.items() if key != "enabled"}
    place = "callback.webhook.batch"
    return rename({**document, place: notify}, place, "batchNotify")
