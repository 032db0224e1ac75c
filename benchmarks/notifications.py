"""The requests that the load generator sends: notifications as upstream posts them, every event with a new date."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

ACTIONS = 10_000
"""Remote actions that the events are spread over."""

ACTIONS_A_VEHICLE = 5
DATE = b"0000-00-00T00:00:00.000000Z"
STEPS = (("Pending", "Accepted"), ("Pending", "WakingUpVehicle"), ("Pending", "SentToVehicle"), ("Done", "Success"))
"""An action's life. Each action has one step here, a quarter are final ones; a later date moves the action again."""


def upstream_id(action: int) -> str:
    return f"4f1d6a3e-0000-4000-8000-{action:012x}"


def vin(vehicle: int) -> str:
    return f"VF3ABCDE0{vehicle:08d}"


def event(action: int) -> dict[str, object]:
    """One event of the action with this number, with a date to be filled in."""
    event_type, status = STEPS[action % len(STEPS)]
    return {
        "remoteActionId": upstream_id(action),
        "vin": vin(action // ACTIONS_A_VEHICLE),
        "eventDate": DATE.decode(),
        "remoteType": "Doors",
        "eventStatus": {"type": event_type, "status": status},
    }


def notification(actions: range) -> bytes:
    """A request's body: one event for each of the actions."""
    document = {"callbackId": "bench-callback", "attributes": [], "events": [event(action) for action in actions]}
    return json.dumps(document, separators=(",", ":")).encode()


def posts(path: str, authorization: str, events: int) -> Iterator[bytes]:
    """Whole HTTP requests with `events` events each, for ever; no two events are the same."""
    templates = [
        _post(path, authorization, notification(range(first, first + events))) for first in range(0, ACTIONS, events)
    ]
    last = 0
    while True:
        for template in templates:
            last = max(last + 1, time.time_ns() // 1000)
            yield template.replace(DATE, _text(last))


def gets(path: str, authorization: str) -> Iterator[bytes]:
    """The same GET for ever."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n\r\n".encode()
    while True:
        yield request


def _post(path: str, authorization: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _text(microseconds: int) -> bytes:
    time = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
    return b"%b.%06dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S").encode(), microseconds % 1_000_000)
