"""Simulated time: delays are divided by the speed, dates are those of the wall."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """Wall time with shortened delays. Times are seconds since 1970, delays seconds of real time."""

    speed: float = 1.0
    now: Callable[[], float] = time.time

    def delay(self, seconds: float) -> float:
        """How long `seconds` of simulated time take on the wall."""
        return seconds / self.speed


def as_datetime(seconds: float) -> datetime:
    """`seconds` since 1970 as a UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def month_of(seconds: float) -> str:
    """The calendar month (UTC) in which wake-ups are counted, as 2026-11."""
    return as_datetime(seconds).strftime("%Y-%m")


def chance(seed: int, *key: object) -> float:
    """A number in [0, 1) that is always the same for a seed and a key, however things are interleaved."""
    return random.Random(f"{seed}:{':'.join(map(str, key))}").random()
