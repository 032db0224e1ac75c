"""Whether a database has lost commits that it had: plain functions over plain values.

A standby that is promoted, and a restore that replays the log, begin a new timeline; a restore without either does not,
but its log is shorter than somebody outside of the database has seen it. A dump that is loaded elsewhere has another
system identifier.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Place:
    """Where the database is: its cluster's system identifier, its timeline, and how long its log is, in bytes."""

    system: int
    timeline: int
    wal: int


@dataclass(frozen=True)
class Noted:
    """What the database itself says: where it was, and since when it is known to have lost nothing."""

    system: int
    timeline: int
    since: datetime


@dataclass(frozen=True)
class Mark:
    """What has been seen of a database and is remembered outside of it; `since` as it was noted then."""

    system: int
    since: datetime
    wal: int


def has_lost(place: Place, noted: Noted | None, marks: Iterable[Mark], *, keeps_commits: bool = False) -> bool:
    """Whether something that was committed may be missing.

    `keeps_commits`: a standby is promoted only when it has all that was committed, so a later timeline means nothing.
    """
    if noted is None:
        # It was never noted, unless somebody remembers it.
        return any(mark.system == place.system for mark in marks)
    if place.system != noted.system or place.timeline < noted.timeline:
        return True
    if place.timeline > noted.timeline and not keeps_commits:
        return True
    return any(_is_missing(mark, place, noted) for mark in marks)


def _is_missing(mark: Mark, place: Place, noted: Noted) -> bool:
    """What was seen before the last loss was noted, or of another database, says nothing."""
    if mark.system != place.system or mark.since < noted.since:
        return False
    return mark.since > noted.since or mark.wal > place.wal


def since_now(now: datetime, noted: Noted | None, marks: Iterable[Mark]) -> datetime:
    """The moment that is noted with a loss: now, and later than any that was noted before, whatever the clock says."""
    known = [mark.since for mark in marks] + ([noted.since] if noted else [])
    return max([now, *(at + timedelta(microseconds=1) for at in known)])
