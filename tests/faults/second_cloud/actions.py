"""Carries actions out and notifies, each in a thread of its own."""

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.faults.second_cloud.book import Action, Book

STEPS = (("Pending", "Accepted"), ("Pending", "SentToVehicle"), ("Done", "Success"))
BETWEEN = 0.1
"""Seconds from a step to the next."""


def begin(book: Book, action: Action) -> None:
    threading.Thread(target=_live, args=(book, action), daemon=True).start()


def _live(book: Book, action: Action) -> None:
    time.sleep(max(action.taken_at - time.time(), 0))
    for type, status in STEPS:
        time.sleep(BETWEEN)
        if type == "Done":
            book.carried_out(action)
        if not book.manners(action.vehicle).mute:
            _notify(book, action, {"type": type, "status": status})


def _notify(book: Book, action: Action, status: Mapping[str, str]) -> None:
    """Post an event to the callback's webhook, again as often as its policy says."""
    subscribe = book.callbacks[action.callback]
    webhook = subscribe["callback"]["webhook"]
    event = {
        "remoteActionId": action.id,
        "vin": book.vehicles[action.vehicle],
        "eventDate": datetime.now(UTC).isoformat(),
        "remoteType": action.type_name,
        "eventStatus": status,
    }
    body = {"callbackId": action.callback, "attributes": _attributes(webhook, "Body"), "events": [event]}
    headers = {pair["key"]: pair["value"] for pair in _attributes(webhook, "Header")}
    policy = subscribe.get("retryPolicy", {})
    tries = 1 if policy.get("policy") == "None" else 1 + int(policy.get("retryNumber", 3))
    for _ in range(tries):
        if _posted(webhook["target"], body, headers):
            return
        time.sleep(float(policy.get("retryDelay", 10)))


def _posted(target: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    request = Request(target, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    # An answer that is no 2xx is raised too.
    with suppress(URLError, OSError), urlopen(request, timeout=10) as answer:
        return 200 <= answer.status < 300
    return False


def _attributes(webhook: Mapping[str, Any], type: str) -> list[dict[str, str]]:
    found = [one for one in webhook.get("attributes", ()) if one["type"] == type]
    return [{"key": one["key"], "value": one["value"]} for one in found]
