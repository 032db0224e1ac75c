"""Rate limits: so many requests in a sliding window, counted in slots."""

import math
from collections import deque
from collections.abc import Sequence
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits to be set: requests in any 24 hours and in any second, 0 for no limit."""

    day: Count = 0
    burst: Count = 0


def read(text: bytes) -> Wanted:
    """Limits from JSON. Raises msgspec.ValidationError (a ValueError) that names what is wrong."""
    return msgspec.json.decode(text, type=Wanted)


class Window:
    """At most `limit` requests in any `seconds`, to the precision of a sixtieth of it."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self._seconds = seconds
        self._slots: deque[tuple[int, int]] = deque()
        self._used = 0

    def _turn(self, now: float) -> int:
        slot = int(now * 60 / self._seconds)
        while self._slots and self._slots[0][0] <= slot - 60:
            self._used -= self._slots.popleft()[1]
        return slot

    def remaining(self, now: float) -> int:
        """How many requests are still allowed at `now`, seconds since 1970."""
        self._turn(now)
        return max(0, self.limit - self._used)

    def take(self, now: float) -> None:
        """Count one request."""
        slot = self._turn(now)
        self._used += 1
        if self._slots and self._slots[-1][0] == slot:
            self._slots[-1] = (slot, self._slots[-1][1] + 1)
        else:
            self._slots.append((slot, 1))

    def reset(self, now: float) -> float:
        """Seconds until one more request is allowed."""
        self._turn(now)
        if self._used < self.limit or not self._slots:
            return 0.0
        return max(0.0, (self._slots[0][0] + 60) * self._seconds / 60 - now)


class Limits:
    """A day and a burst limit over all requests of the one client; 0 means no such limit."""

    def __init__(self, day: int, burst: int) -> None:
        self.day = day
        self.burst = burst
        # Requests since these limits were set.
        self.taken = 0
        self.refused = 0
        # Their numbers in the headers: 1 is the day, 2 the burst.
        self._windows: Sequence[tuple[int, Window]] = [
            (number, Window(limit, seconds))
            for number, limit, seconds in ((1, day, 86_400.0), (2, burst, 1.0))
            if limit > 0
        ]

    def take(self, now: float) -> bool:
        """Count a request if it is allowed; False when it is one too many (it does not count then)."""
        if any(window.remaining(now) == 0 for _number, window in self._windows):
            self.refused += 1
            return False
        self.taken += 1
        for _number, window in self._windows:
            window.take(now)
        return True

    def headers(self, now: float) -> dict[str, str]:
        """X-RateLimit-Limit-n and -Remaining-n."""
        found: dict[str, str] = {}
        for number, window in self._windows:
            found[f"X-RateLimit-Limit-{number}"] = str(window.limit)
            found[f"X-RateLimit-Remaining-{number}"] = str(window.remaining(now))
        return found

    def refusal(self, now: float) -> dict[str, str]:
        """The headers of a 429: also X-RateLimit-Reset and Retry-After, whole seconds."""
        wait = max((window.reset(now) for _number, window in self._windows), default=0.0)
        seconds = str(max(1, math.ceil(wait)))
        return {**self.headers(now), "X-RateLimit-Reset": seconds, "Retry-After": seconds}
