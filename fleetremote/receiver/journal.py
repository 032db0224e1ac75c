"""What the receiver got, newest kept: to be asked for by tests and people."""

import hashlib
import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from fleetremote.receiver.signature import Verdict

MOST_KEPT = 10_000
MOST_BYTES = 64 * 1024 * 1024
PAGE = 1_000


@dataclass(frozen=True)
class Request:
    """A notification as it came: `path` with its query, header names in lower case. `answer` None: it was cut."""

    at: datetime
    path: str
    headers: dict[str, str]
    body: bytes
    verdict: Verdict
    answer: int | None

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers.items())

    def content(self) -> dict[str, Any]:
        """The body, of an array its first member; empty when that is no JSON object."""
        return next(iter(self._members()), {})

    def events(self) -> list[dict[str, Any]]:
        """Its events (fleet-owner-v3-webhook.yaml, RemoteEvent); what is no event is left out."""
        events = self.content().get("events")
        return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []

    def messages(self) -> list[dict[str, Any]]:
        """The messages of v1 in it (connected-car-v1-webhook.yaml, Message), one or an array of them."""
        return [member for member in self._members() if isinstance(member.get("remoteEvent"), dict)]

    def _members(self) -> list[dict[str, Any]]:
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return []
        return [member for member in (content if isinstance(content, list) else [content]) if isinstance(member, dict)]


class Journal:
    """Keeps the newest requests, numbered from 1."""

    def __init__(self, most: int = MOST_KEPT, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: deque[Request] = deque()
        self._bytes = 0
        self._last = 0
        self._forgotten = 0

    def add(self, request: Request) -> None:
        """Keep it, and let go of the oldest when they are too many or too large."""
        self._last += 1
        self._kept.append(request)
        self._bytes += request.size
        while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
            self._bytes -= self._kept.popleft().size

    def clear(self) -> None:
        """Forget all; the numbers go on, so that a reader's cursor stays right."""
        self._kept.clear()
        self._bytes, self._forgotten = 0, self._last

    def since(self, number: int) -> dict[str, Any]:
        """A page of those after `number`, oldest first, as JSON.

        `next` is the number to go on from, `total` counts all that came since the journal was cleared.
        """
        first = self._last - len(self._kept) + 1
        skipped = min(max(number - first + 1, 0), len(self._kept))
        page = list(islice(self._kept, skipped, skipped + PAGE))
        end = first + skipped + len(page) - 1
        return {
            "received": [_as_json(first + skipped + index, request) for index, request in enumerate(page)],
            "next": end,
            "more": end < self._last,
            "total": self._last - self._forgotten,
        }


def _as_json(number: int, request: Request) -> dict[str, Any]:
    content = request.content()
    return {
        "number": number,
        "at": request.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "webhookId": request.headers.get("webhook-id"),
        "path": request.path,
        "headers": request.headers,
        "verified": request.verdict.verified,
        "why": request.verdict.why,
        "sha256": hashlib.sha256(request.body).hexdigest(),
        "answer": request.answer,
        "callbackId": content.get("callbackId"),
        "channelId": content.get("channelId"),
        "attributes": content.get("attributes"),
        "events": request.events(),
        "messages": request.messages(),
    }
