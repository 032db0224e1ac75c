"""The demo's receiver as a subscriber of both APIs: who was told what, and in which dialect."""

import time
from dataclasses import dataclass, field
from typing import Any

import requests

from fleetremote.walkthrough.apis import MOST_PAUSE, PATIENCE, SECONDS
from fleetremote.walkthrough.features import JsonObject
from protocol.statuses import DONE_STATUSES


@dataclass
class Subscriber:
    """`url`: where the receiver listens. What it has got so far is kept by the id of the action."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    _next: int = 0
    _told: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def target(self, dialect: str) -> str:
        """A webhook's address; one for each dialect, so that what comes to the wrong one is found out."""
        return f"{self.url}/walkthrough/{dialect}"

    def skip_old(self) -> None:
        """Begin with what comes from now on."""
        self._read()
        self._told.clear()

    def told(self, action_id: str) -> str:
        """In which dialect the end of an action came, to the webhook of which: `v1`, `v3`; empty when it did not."""
        started = time.monotonic()
        while action_id not in self._told and time.monotonic() - started < PATIENCE:
            self._read()
            if action_id not in self._told:
                time.sleep(MOST_PAUSE / 4)
        return self._told.get(action_id, "")

    def _read(self) -> None:
        more = True
        while more:
            answer = self.session.get(f"{self.url}/receiver/received", params={"since": self._next}, timeout=SECONDS)
            answer.raise_for_status()
            page = answer.json()
            self._next, more = page["next"], page["more"]
            for request in page["received"]:
                self._keep(request)

    def _keep(self, request: JsonObject) -> None:
        """The webhook's path and the form of the body must say the same dialect."""
        came_to = request["path"].partition("?")[0].rpartition("/")[2]
        for dialect, subscription, events in (
            ("v3", request.get("callbackId"), request.get("events")),
            ("v1", request.get("channelId"), _events_of(request.get("messages"))),
        ):
            for event in events or []:
                status = event.get("eventStatus")
                if subscription and isinstance(status, dict) and status.get("status") in DONE_STATUSES:
                    words = dialect if came_to == dialect else f"{dialect} at a webhook of {came_to}"
                    self._told[str(event.get("remoteActionId"))] = words


def _events_of(messages: Any) -> list[JsonObject]:
    found = messages if isinstance(messages, list) else []
    events = [message.get("remoteEvent") for message in found if isinstance(message, dict)]
    return [event for event in events if isinstance(event, dict)]
