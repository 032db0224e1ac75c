"""Carries actions out and notifies, each in a thread of its own."""

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.clouds.book import Action, Book

BETWEEN = 0.1
"""Seconds from a step to the next."""
OFF_LINE = 2.0
"""Seconds after which a vehicle that was off line is back."""

Status = Mapping[str, str]
ACCEPTED = {"type": "Pending", "status": "Accepted"}
WAKING = {"type": "Pending", "status": "WakingUpVehicle"}
SENT = {"type": "Pending", "status": "SentToVehicle"}
DONE = {"type": "Done", "status": "Success"}
TIMED_OUT = {"type": "Done", "status": "Failed", "failureCause": "VehicleConnectionTimeout"}


def begin(book: Book, action: Action) -> None:
    threading.Thread(target=_live, args=(book, action), daemon=True).start()


def _live(book: Book, action: Action) -> None:
    time.sleep(max(action.taken_at - time.time(), 0))
    kept: list[Status] = []
    is_off_line = book.manners(action.vehicle).told == "off line"
    for status in (ACCEPTED, WAKING, TIMED_OUT, SENT, DONE) if is_off_line else (ACCEPTED, SENT, DONE):
        time.sleep(OFF_LINE if status is SENT and is_off_line else BETWEEN)
        book.goes_on(action, status)
        kept = _tell(book, action, status, kept)


def _tell(book: Book, action: Action, status: Status, kept: list[Status]) -> list[Status]:
    """Notify as the vehicle's manners are; gives what is to be told later."""
    manners, tell = book.manners(action.vehicle), book.speech.tell
    is_end = status is DONE
    if manners.mute or (manners.told == "no end" and is_end):
        return []
    if manners.told == "reversed":
        told = [*kept, status]
        for one in reversed(told) if is_end else ():
            tell(book, action, one)
        return [] if is_end else told
    for _ in range(2 if manners.told == "twice" else 1):
        tell(book, action, status)
    if manners.told == "orphan" and is_end:
        tell(book, replace(action, id=""), status)
    return []


def posted(target: str, body: Any, headers: Mapping[str, str]) -> bool:
    """Whether a webhook answered 2xx."""
    request = Request(target, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    # An answer that is no 2xx is raised too.
    with suppress(URLError, OSError), urlopen(request, timeout=10) as answer:
        return 200 <= answer.status < 300
    return False


def pairs(webhook: Mapping[str, Any], type: str) -> list[dict[str, str]]:
    """A webhook's attributes of that type."""
    found = [one for one in webhook.get("attributes", ()) if one["type"] == type]
    return [{"key": one["key"], "value": one["value"]} for one in found]
