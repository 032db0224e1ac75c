"""Tests on another day: the clock of a test run and of all that it starts, moved by libfaketime.

    script/test --at 2028-02-29T12:00:00Z        all tests at this moment (with its zone), or at +200d, -36h, +90m
    script/test --at MOMENT --here               without those that start programs of their own (tests/sample.py)
    script/test --at MOMENT --sample SEED        those that `script/test` runs at a drawn moment

The clock is moved by so much and goes on from there; what counts seconds (the monotonic clock) stays as it is.
"""

import os
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from glob import glob
from pathlib import Path

from debian import install

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
SPANS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}

WHOLE = "+200d"
"""The moment of `script/test --long` at which also those tests run that start programs of their own."""

NAMED = (
    "+5d",
    WHOLE,
    # Two minutes before clocks change in Europe/Paris, so that they change meanwhile.
    "2027-03-28T00:58:00Z",
    "2027-10-31T00:58:00Z",
    "2028-02-29T12:00:00Z",
    "2026-12-31T23:58:00Z",
)
"""The moments of `script/test --long`."""


def read_moment(text: str, now: datetime) -> datetime:
    """Return what `--at` names; ValueError says how it is written."""
    if span := re.fullmatch(r"([+-]\d{1,5})([dhms])", text):
        return now + timedelta(**{SPANS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"--at {text}: write a moment with its zone, such as 2028-02-29T12:00:00Z, or a span, +200d")
    return moment


def draw(seed: int) -> datetime:
    """A moment from 2027 to 2035, mostly one at which dates are hard: changes of clocks, month's and year's ends."""
    chance = random.Random(seed)
    year = chance.randint(2027, 2035)
    minutes = timedelta(minutes=chance.randint(-90, 60))
    kinds: list[Callable[[], datetime]] = [
        lambda: _last_sunday(year, 3) + timedelta(hours=1) + minutes,
        lambda: _last_sunday(year, 10) + timedelta(hours=1) + minutes,
        lambda: datetime(chance.choice([2028, 2032]), 2, 29, tzinfo=UTC) + timedelta(minutes=chance.randrange(1440)),
        # Seconds before: midnight comes while the tests run.
        lambda: datetime(year, 12, 31, 23, 59, tzinfo=UTC) + timedelta(seconds=chance.randrange(60)),
        lambda: datetime(year, chance.randint(2, 12), 1, tzinfo=UTC) - timedelta(seconds=chance.randrange(7200)),
        lambda: datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(365 * 1440)),
    ]
    return chance.choice(kinds)()


def environment(moment: datetime, now: datetime, library: str) -> dict[str, str]:
    """Return the variables that move the clock of whatever is started with them from `now` to `moment`."""
    return {
        "LD_PRELOAD": library,
        # A span is the same for every process, whenever it starts; a moment would be the start of each.
        "FAKETIME": f"{round((moment - now).total_seconds()):+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # A remedy for old versions of glibc, by which Python's threads wait for each other without a rest.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        # Python compares the times of source files with those in its compiled ones.
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT / "tests/moved"), os.environ.get("PYTHONPATH")])),
    }


def find_library() -> str | None:
    """Return the path of libfaketime, installed where we may; None when it can't be had."""
    return _installed() or (install("faketime") and _installed()) or None


def _installed() -> str | None:
    return next((path for pattern in LIBRARIES for path in sorted(glob(pattern))), None)


def _last_sunday(year: int, month: int) -> datetime:
    """When this day begins, of a month with 31 days; at 01:00 UTC of it clocks change in Europe/Paris."""
    last = datetime(year, month, 31, tzinfo=UTC)
    return last - timedelta(days=last.isoweekday() % 7)
