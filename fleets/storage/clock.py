"""The time, by the database's clock: it decides about times to live, leases and schedules, not this host's.

Each process that decides or sends reads it every few seconds. A host whose clock is off still knows the time by that,
but sends nothing: nobody can tell what else is wrong with it.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from fleets.storage.threads import repeat

logger = logging.getLogger(__name__)

# Seconds between two readings; at most so many may one take to be believed.
BETWEEN = 5.0
PROMPT = 0.5
# What two clocks that are kept right may differ by. Below that this host's is right, so that no reading moves it.
TOLERANCE = timedelta(milliseconds=250)
# Off: from here on nothing is sent.
LARGEST = timedelta(seconds=2)


@dataclass(frozen=True)
class _Reading:
    """What the database's clock was ahead of ours, and when: on the monotonic clock, and on this host's."""

    ahead: timedelta
    at: float
    host_at: datetime


_reading: _Reading | None = None
_is_looking = False


def now() -> datetime:
    """The time of the database, as far as this process has read it; else this host's. Needs no query."""
    host = timezone.now()
    return host if _reading is None or abs(_reading.ahead) <= TOLERANCE else host + _reading.ahead


def look() -> None:
    """Read the database's clock. Where the database is away, or slow, what was read last holds."""
    try:
        began, host = time.monotonic(), timezone.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            told: datetime = cursor.fetchall()[0][0]
        took = time.monotonic() - began
    except (DatabaseError, InterfaceError):
        return
    if took <= PROMPT:
        _note(_Reading(told - host - timedelta(seconds=took / 2), time.monotonic(), timezone.now()))


def look_if_set() -> None:
    """Read the database's clock where this host's was set since the last reading, or the host has slept."""
    known = _reading
    if known is None:
        return
    passed = timedelta(seconds=time.monotonic() - known.at)
    if abs(timezone.now() - known.host_at - passed) > TOLERANCE:
        look()


def keep_looking() -> None:
    """Read the database's clock now, and from now on in a thread of its own, one a process."""
    global _is_looking
    look()
    if not _is_looking:
        _is_looking = True
        repeat("clock", _look_again, BETWEEN, at_once=False)


def _look_again() -> None:
    close_old_connections()
    look()


def off_by() -> timedelta | None:
    """How far this host's clock is from the database's, where that is too far to send anything; else None."""
    return _reading.ahead if _reading is not None and abs(_reading.ahead) > LARGEST else None


def _note(reading: _Reading) -> None:
    global _reading
    was_off, _reading = off_by(), reading
    if off_by() is not None and was_off is None:
        seconds = -reading.ahead.total_seconds()
        logger.error("The clock of this host is %+.1f s off the database's: nothing is sent from here.", seconds)
    elif off_by() is None and was_off is not None:
        logger.warning("The clock of this host is right again: commands are sent from here.")
