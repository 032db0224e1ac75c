"""A channel as it is registered: ChannelSubscribe of connected-car-v1.yaml."""

from collections.abc import Sequence

from protocol.canonical.attributes import check_attributes, v1_variable
from protocol.canonical.document import MAX_LABEL, JsonObject
from protocol.canonical.subscribe import Subscribe
from protocol.canonical.targets import read_target
from protocol.errors import Invalid, NotOffered
from protocol.payloads import an_object
from protocol.schema import Schema, check, respell
from protocol.storable import check_storable
from protocol.v1.variables import CHANNEL

# As published: every 10 seconds until a 2xx, for 3 days.
RETRY_DELAY = 10
_RETRY: JsonObject = {"policy": "Always", "retryDelay": RETRY_DELAY}
_ATTRIBUTES = "channel.webhook.attributes"

_WEBHOOK: Schema = {
    **an_object(
        ("target", "name"),
        target={"type": "string", "minLength": 1, "maxLength": 2000},
        name={"type": "string", "minLength": 1, "maxLength": 500},
        attributes={
            "type": "array",
            "maxItems": 50,
            "items": an_object(
                ("key", "value", "type"),
                type={"type": "string", "enum": ["Header", "Query"]},
                key={"type": "string", "minLength": 1, "maxLength": 200},
                value={"type": "string", "maxLength": 2000},
            ),
        },
    ),
    "aliases": {"attributres": "attributes"},
}

# ChannelSubscribe of connected-car-v1.yaml; the upper limits are ours.
SUBSCRIBE: Schema = an_object(
    ("channel",),
    type={"type": "array", "items": {"type": "string", "enum": ["Monitor", "Remote"]}},
    label={"type": "string", "maxLength": MAX_LABEL},
    channel=an_object(("webhook",), webhook=_WEBHOOK),
)

_OTHERS = {
    "websocket": "WebSocket channels are not offered; register a webhook",
    "pushnotif": "push notification channels are not offered; register a webhook",
}


def read_subscribe(body: object) -> JsonObject:
    """The body of POST …/channels under its right spellings, with unknown fields kept: what GET gives back.

    Raises Invalid with the path of the field at fault, NotOffered for what is published and not offered.
    """
    if not isinstance(body, dict):
        raise Invalid("", "the body must be a JSON object")
    check_storable(body)
    _only_webhook(body.get("channel"))
    document: JsonObject = respell(SUBSCRIBE, body)
    check(SUBSCRIBE, document)
    if document.get("type") and "Remote" not in document["type"]:
        raise NotOffered(
            "type", "monitors are not offered; register a channel with Remote in its type, or without type"
        )
    webhook = document["channel"]["webhook"]
    read_target(webhook["target"], "channel.webhook.target")
    check_attributes(webhook.get("attributes", ()), _ATTRIBUTES, CHANNEL)
    return document


def _only_webhook(channel: object) -> None:
    if not isinstance(channel, dict):
        return
    found = [name for name in ("webhook", *_OTHERS) if name in channel]
    if len(found) > 1:
        raise Invalid(
            "channel", f"needs exactly one of webhook, websocket, pushnotif, but {' and '.join(found)} stand in it"
        )
    if found and found[0] in _OTHERS:
        raise NotOffered(f"channel.{found[0]}", _OTHERS[found[0]])


def decode_subscribe(body: object) -> Subscribe:
    """Read the body of POST …/channels; its `document` is the canonical one. Raises as `read_subscribe` does."""
    return canonical_subscribe(read_subscribe(body))


def canonical_subscribe(document: JsonObject) -> Subscribe:
    """What `read_subscribe` has read, as RemoteCallbackSubscribe with the retry that v1 publishes."""
    webhook = document["channel"]["webhook"]
    attributes: Sequence[JsonObject] = webhook.get("attributes", ())
    label = document.get("label", "")
    return Subscribe(
        document={**({"label": label} if label else {}), "retryPolicy": _RETRY, "callback": {"webhook": webhook}},
        target=webhook["target"],
        name=webhook["name"],
        label=label,
        attributes=tuple(attributes),
        remote_types=(),
        policy="Always",
        retry_number=3,
        retry_delay=RETRY_DELAY,
        batch_size=0,
        batch_window=60,
    )


def encode_subscribe(document: JsonObject) -> JsonObject:
    """The body of POST …/channels for a RemoteCallbackSubscribe.

    v1 has one policy of retries and batches of its own, so what the callback wishes of them is left out. Raises
    Invalid, its path in terms of the callback, for an attribute that no channel has, and for a choice of types.
    """
    if document.get("remoteTypes"):
        raise Invalid("remoteTypes", "has no place in Connected Car v1: a channel tells of every type")
    webhook = document["callback"]["webhook"]
    if webhook.get("attributes"):
        attributes = [_attribute(item, number) for number, item in enumerate(webhook["attributes"])]
        webhook = {**webhook, "attributes": attributes}
    label = {"label": document["label"]} if document.get("label") else {}
    return {"type": ["Remote"], **label, "channel": {"webhook": webhook}}


def _attribute(item: JsonObject, number: int) -> JsonObject:
    place = f"callback.webhook.attributes[{number}]"
    if item["type"] == "Body":
        raise Invalid(f"{place}.type", "Body has no place in a channel of Connected Car v1; use Header or Query")
    value = item["value"]
    if not value.startswith("$"):
        return item
    spelled = v1_variable(value)
    if spelled is None:
        raise Invalid(f"{place}.value", f"{value} is no variable of Connected Car v1; use one of {', '.join(CHANNEL)}")
    return {**item, "value": spelled}
