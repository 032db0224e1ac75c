"""Takes what is about one vehicle out of the body of a notification, and leaves what is about others."""

import json
from typing import Any

# What is left of a body that can't be read, or that is about the vehicle alone.
NOTHING = b"{}"


def without_vehicle(body: bytes, vin: str) -> bytes:
    """The body without the messages that name the VIN: of v3's `events`, or of v1's array."""
    try:
        left = _without(json.loads(body), vin)
        text = json.dumps(left, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return NOTHING
    return NOTHING if _names(left, vin) else text.encode("utf-8", "replace")


def is_alone(body: bytes, vin: str) -> bool:
    """Whether each message in the body names the VIN; not where it can't be read."""
    try:
        document = json.loads(body)
        events = document.get("events") if isinstance(document, dict) else document
        return all(_names(message, vin) for message in (events if isinstance(events, list) else [document]))
    except (ValueError, RecursionError):
        return False


def _without(document: Any, vin: str) -> Any:
    if isinstance(document, list):
        return [message for message in document if not _names(message, vin)]
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        return {**document, "events": _without(document["events"], vin)}
    return document


def _names(value: Any, vin: str) -> bool:
    return vin.lower() in json.dumps(value).lower()
