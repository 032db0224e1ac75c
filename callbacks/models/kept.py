"""Values of attributes on their way to a subscriber, which may be credentials: encrypted in events that wait and in
bodies, and taken out of what the subscriber answers."""

import json
from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from fleets.storage.encryption import SecretBytes, open_members, seal_members
from protocol import v1
from protocol.canonical.attributes import is_variable
from protocol.canonical.document import JsonObject
from protocol.canonical.secret_names import MASK

# The members of an event that are encrypted: the Body attributes of a v1 action (remotes/life/fan_out.py).
_SEALED = "attributes"
_SHORTEST = 4
"""Characters; a shorter value would be found in ordinary words."""


class _Told(msgspec.Struct):
    """What a message tells beside its events."""

    attributes: list[dict[str, str]] = []


def event_text(event: JsonObject, dialect: str) -> str:
    """The event as it waits (Notification.event); `dialect` is its callback's. Of v3 upstream alone adds members."""
    found = event.get(_SEALED) if dialect == v1.DIALECT else None
    kept = event | seal_members({_SEALED: found}) if found else event
    return json.dumps(kept, ensure_ascii=False)


def opened(event: str, dialect: str) -> tuple[str | bytes, bool]:
    """What `event_text` was given, as text, and whether something in it was encrypted."""
    if dialect != v1.DIALECT or '"sealed"' not in event:
        return event, False
    document = msgspec.json.decode(event)
    found = document.get(_SEALED)
    if not isinstance(found, dict):
        return event, False
    return msgspec.json.encode(document | open_members({_SEALED: found})), True


def body(content: bytes, attributes: Iterable[JsonObject], *, secret: bool = False) -> bytes:
    """The body as it is kept: SecretBytes where it holds values that its subscriber gave, or `secret` says so.

    `attributes` are the callback's; those of the body whose value is no variable make it so.
    """
    secret = secret or any(item["type"] == "Body" and is_literal(item) for item in attributes)
    return SecretBytes(content) if secret else content


def is_literal(attribute: JsonObject) -> bool:
    """Whether the value is sent as it is."""
    return bool(attribute["value"]) and not is_variable(attribute["value"])


def values_of(attributes: Iterable[JsonObject]) -> tuple[str, ...]:
    """The values that no answer is kept with."""
    return _longest_first(item["value"] for item in attributes if is_literal(item))


def values_in(content: bytes) -> tuple[str, ...]:
    """The same of a body that is SecretBytes."""
    if not isinstance(content, SecretBytes):
        return ()
    # The events are passed over: there may be thousands, and other deliveries wait meanwhile.
    document = msgspec.json.decode(content, type=list[_Told] | _Told)
    messages = document if isinstance(document, list) else [document]
    return _longest_first(pair["value"] for message in messages for pair in message.attributes)


def without(text: str, values: Iterable[str]) -> str:
    """The text with MASK in place of the values, also where they stand as JSON or an address writes them."""
    for value in values:
        for form in _forms(value):
            text = text.replace(form, MASK)
    return text


def _forms(value: str) -> list[str]:
    """The value as it is, in an address, in JSON, and in JSON that is a text in JSON."""
    found = {value, quote(value, safe="", errors="replace")}
    for _ in range(2):
        found |= {json.dumps(form, ensure_ascii=ascii)[1:-1] for form in found for ascii in (True, False)}
    return sorted(found, key=len, reverse=True)


def _longest_first(values: Iterable[str]) -> tuple[str, ...]:
    """One may be a part of another."""
    return tuple(sorted({value for value in values if len(value) >= _SHORTEST}, key=len, reverse=True))
