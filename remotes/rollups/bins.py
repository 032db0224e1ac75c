"""Hours and days by a fleet's clocks, as moments: a day begins at midnight there, and has 23, 24 or 25 hours.

An hour is counted from midnight on, so that hours never overlap and each lies in one day, in zones with half hours too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


@dataclass(frozen=True, order=True)
class Bin:
    """From `start` until before `end`."""

    start: datetime
    end: datetime


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins, in UTC; where its midnight is left out by a change of clocks, at that change."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def day_bin(at: datetime, zone: ZoneInfo) -> Bin:
    """The day that the moment is in."""
    day = day_of(at, zone)
    return Bin(midnight(day, zone), midnight(day + timedelta(days=1), zone))


def hour_bin(at: datetime, zone: ZoneInfo) -> Bin:
    """The hour of its day that the moment is in."""
    day = day_bin(at, zone)
    start = day.start + (at - day.start) // HOUR * HOUR
    return Bin(start, min(start + HOUR, day.end))


def days(start: datetime, end: datetime, zone: ZoneInfo) -> list[Bin]:
    """The days from the one that `start` is in until before `end`."""
    found, at = list[Bin](), start
    while at < end:
        found.append(day_bin(at, zone))
        at = found[-1].end
    return found


def hours(start: datetime, end: datetime, zone: ZoneInfo) -> list[Bin]:
    """The hours from the one that `start` is in until before `end`."""
    found, at = list[Bin](), start
    while at < end:
        found.append(hour_bin(at, zone))
        at = found[-1].end
    return found


def weeks(bins: Sequence[Bin], zone: ZoneInfo) -> list[Bin]:
    """These days as weeks that begin on Monday; the first and the last one may be cut."""
    found = list[Bin]()
    for one in bins:
        if found and day_of(one.start, zone).weekday() != 0:
            found[-1] = Bin(found[-1].start, one.end)
        else:
            found.append(one)
    return found


def runs(bins: Iterable[Bin]) -> list[list[Bin]]:
    """The same ones in order, those together that follow one another without a gap."""
    found = list[list[Bin]]()
    for one in sorted(set(bins)):
        if found and found[-1][-1].end == one.start:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def place(at: datetime, bins: Sequence[Bin]) -> int | None:
    """Which of the bins, in their order, the moment is in."""
    index = bisect_right(bins, at, key=lambda one: one.start) - 1
    return index if index >= 0 and at < bins[index].end else None
