"""What the headers of an answer tell of limits: X-RateLimit-* (-1 is a day, -2 a second) and Retry-After."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateways.interface import LONGEST_PAUSE
from protocol import retry_after


@dataclass(frozen=True)
class Told:
    """Limits in requests a second and in 24 hours, what is left of the day, and for how many seconds to send nothing.

    None: the answer does not say.
    """

    burst: int | None = None
    day: int | None = None
    left: int | None = None
    pause: float | None = None


def read(status: int | None, headers: Iterable[tuple[str, str]], now: datetime) -> Told:
    """What an answer with this status tells; a pause only with 429 (a second where it names none) and 503."""
    found = {name.lower(): value.strip() for name, value in headers}
    return Told(
        burst=_count(found.get("x-ratelimit-limit-2")),
        day=_count(found.get("x-ratelimit-limit-1")),
        left=_count(found.get("x-ratelimit-remaining-1")),
        pause=_pause(status, found, now),
    )


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else None


def _pause(status: int | None, headers: dict[str, str], now: datetime) -> float | None:
    if status not in (429, 503):
        return None
    for name in ("retry-after", "x-ratelimit-reset"):
        told = retry_after.seconds(headers.get(name), now)
        if told is not None:
            return min(told, LONGEST_PAUSE)
    return 1.0 if status == 429 else None
