"""How a v1 channel is told: each message by itself, again every ten seconds for three days; many go as an array."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.clouds import actions
from tests.clouds.book import Book

AGAIN = 10.0
"""Seconds."""
LONGEST = 3 * 24 * 3600.0
AT_ONCE = 100
"""So many that wait go as one array."""
MOST = 5
"""Channels of an account."""


@dataclass
class Waiting:
    """A message, the VIN that its variables stand for, and since when."""

    message: dict[str, Any]
    vin: str
    since: float = field(default_factory=time.time)


class Channels:
    """What waits for each channel; `again` are the seconds between two tries."""

    def __init__(self, again: float = AGAIN) -> None:
        self.again = again
        self._waiting: dict[str, deque[Waiting]] = {}
        self._lock = threading.Lock()

    def tell(self, book: Book, channel: str, message: dict[str, Any], vin: str) -> None:
        """Post it, or have it wait behind what waits already."""
        one = Waiting(message, vin)
        with self._lock:
            is_first = channel not in self._waiting
        if is_first and book.statuses.get(channel) == "Running" and post(book, channel, one):
            return
        with self._lock:
            waiting = self._waiting.setdefault(channel, deque())
            waiting.append(one)
            if len(waiting) == 1:
                threading.Thread(target=self._keep_trying, args=(book, channel, waiting), daemon=True).start()

    def _keep_trying(self, book: Book, channel: str, waiting: deque[Waiting]) -> None:
        while channel in book.callbacks:
            time.sleep(self.again)
            while book.statuses.get(channel) == "Running" and self._is_sent(book, channel, waiting):
                with self._lock:
                    if not waiting:
                        del self._waiting[channel]
                        return

    def _is_sent(self, book: Book, channel: str, waiting: deque[Waiting]) -> bool:
        """Whether the oldest that wait have arrived, or are too old."""
        with self._lock:
            oldest = list(waiting)[: AT_ONCE if len(waiting) >= AT_ONCE else 1]
        young = [one for one in oldest if one.since > time.time() - LONGEST]
        if young and not post(book, channel, *young):
            return False
        with self._lock:
            for _ in oldest:
                waiting.popleft()
        return True


def post(book: Book, channel: str, *messages: Waiting) -> bool:
    """Whether it arrived. Several go as an array, without the attributes of header and query."""
    subscribe = book.callbacks[channel]
    webhook = subscribe["channel"]["webhook"]
    if len(messages) > 1:
        return actions.posted(webhook["target"], [one.message for one in messages], {})
    (one,) = messages
    variables = {"$Vin": one.vin, "$ChannelId": channel, "$ChannelLabel": str(subscribe.get("label", ""))}
    headers = _pairs(webhook, "Header", variables)
    query = urlencode(_pairs(webhook, "Query", variables))
    target = webhook["target"] + (("&" if "?" in webhook["target"] else "?") + query if query else "")
    return actions.posted(target, one.message, headers)


def _pairs(webhook: Mapping[str, Any], type: str, variables: Mapping[str, str]) -> dict[str, str]:
    return {pair["key"]: variables.get(pair["value"], pair["value"]) for pair in actions.pairs(webhook, type)}
