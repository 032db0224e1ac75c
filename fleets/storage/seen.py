"""What is remembered of the database outside of it: in this process, and for all of them in Redis, if it can be had.

It is how long the database's log was when something was committed on whose loss something would happen twice.
"""

import threading
from datetime import UTC, datetime, timedelta

from fleets.storage.history import Mark
from fleets.storage.redis import best_effort, client

# A sorted set: what was seen of which database (its system identifier, and since when it had lost nothing), by length.
KEY = "database:seen"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_lock = threading.Lock()
_known: tuple[int, datetime] | None = None
_own: Mark | None = None


def here(system: int, since: datetime) -> None:
    """From now on that is the database which this process has to do with."""
    global _known
    _known = (system, since)


def since() -> datetime | None:
    """Since when the database is known to have lost nothing; None before it was looked at."""
    return _known[1] if _known else None


def at(wal: int) -> Mark | None:
    """The database as it is known now, with a log of that length. Remember it once it is committed."""
    return Mark(_known[0], _known[1], wal) if _known else None


def remember(mark: Mark | None) -> None:
    """One command to Redis; where that is away this process alone remembers."""
    global _own
    if mark is None:
        return
    with _lock:
        if _own is None or (_own.since, _own.wal) < (mark.since, mark.wal):
            _own = mark
    best_effort(lambda: client().zadd(KEY, {_member(mark): mark.wal}, gt=True))


def marks() -> list[Mark]:
    """All that can be remembered here."""
    found: list[Mark] = [_own] if _own else []
    best_effort(lambda: found.extend(_mark(*row) for row in client().zrange(KEY, 0, -1, withscores=True)))
    return found


def forget_before(since: datetime) -> None:
    """What was seen before the last loss says nothing any more."""
    old = [mark for mark in marks() if mark.since < since]
    if old:
        best_effort(lambda: client().zrem(KEY, *(_member(mark) for mark in old)))


def _member(mark: Mark) -> str:
    return f"{mark.system}:{(mark.since - _EPOCH) // timedelta(microseconds=1)}"


def _mark(member: bytes, score: float) -> Mark:
    system, _, microseconds = member.decode().partition(":")
    return Mark(int(system), _EPOCH + timedelta(microseconds=int(microseconds)), int(score))
