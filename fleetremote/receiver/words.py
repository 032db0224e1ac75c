"""A notification in one line for a person."""

from collections.abc import Mapping
from typing import Any

from fleetremote.receiver.journal import Request

# Events that are named in a line, and the letters of a word of theirs.
MOST_EVENTS = 4
MOST_LETTERS = 60


def line(request: Request) -> str:
    """As `2026-11-21 12:00:00Z ✓ verified: VF3ABCDE0FG123456 Doors Success`."""
    verdict = request.verdict
    seen = "✓ verified" if verdict.verified else f"✗ not verified ({verdict.why})"
    return f"{request.at:%Y-%m-%d %H:%M:%S}Z {seen}: {_events(request)}{_answer(request.answer)}"


def _events(request: Request) -> str:
    events = request.events() or [_of_message(message) for message in request.messages()]
    if not events:
        return f"no events in {len(request.body)} bytes to {_word(request.path)}"
    named = "; ".join(_event(event) for event in events[:MOST_EVENTS])
    more = len(events) - MOST_EVENTS
    count = f"{len(events)} events: " if len(events) > 1 else ""
    return f"{count}{named}" + (f"; and {more} more" if more > 0 else "")


def _of_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a message of v1 as v3's event has it; its VIN is an attribute, where it was asked for."""
    attributes = message.get("attributes")
    found = [item for item in attributes if isinstance(item, dict)] if isinstance(attributes, list) else []
    vin = next((item.get("value") for item in found if str(item.get("key")).casefold() == "vin"), None)
    return {"vin": vin, **message["remoteEvent"]}


def _event(event: Mapping[str, Any]) -> str:
    status = event.get("eventStatus")
    if not isinstance(status, dict):
        status = {}
    words = [event.get("vin"), event.get("remoteType"), status.get("status")]
    cause = status.get("failureCause")
    return " ".join(_word(word) for word in words if word) + (f" ({_word(cause)})" if cause else "")


def _answer(status: int | None) -> str:
    if status is None:
        return " → connection cut"
    return "" if 200 <= status < 300 else f" → answered {status}"


def _word(value: object) -> str:
    """What a stranger sent, without anything that could steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value)[:MOST_LETTERS])
