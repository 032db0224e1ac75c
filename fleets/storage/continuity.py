"""Looks with each new connection whether the database has lost commits, before anything else is done over it.

A server that was promoted or restored is reached over new connections only: nobody works with it who has not looked.
The first who finds a loss has all that may have been done unseen flagged by whoever wants to know, and notes where the
database is now, in one transaction; others wait for that.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import DEFAULT_DB_ALIAS
from django.dispatch import receiver

from fleets.storage import seen
from fleets.storage.history import Mark, Noted, Place, has_lost, since_now

logger = logging.getLogger(__name__)

Listener = Callable[[datetime], int]

# The name of a file of the log begins with the timeline; the control file learns a new one only minutes later.
_LOOK = """
SELECT control.system_identifier, ('x' || left(pg_walfile_name(wal), 8))::bit(32)::int, (wal - '0/0')::bigint,
    noted.system, noted.timeline, noted.since, clock_timestamp()
FROM pg_control_system() control, pg_current_wal_insert_lsn() wal LEFT JOIN fleets_databasehistory noted ON true
"""
# Nobody else notes meanwhile, though there may be no row yet.
_LOCK = "LOCK TABLE fleets_databasehistory IN SHARE ROW EXCLUSIVE MODE"
_NOTE = """
INSERT INTO fleets_databasehistory (id, system, timeline, since) VALUES (1, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET system = excluded.system, timeline = excluded.timeline, since = excluded.since
"""

_on_loss: list[Listener] = []


def on_loss(listener: Listener) -> None:
    """It is called in the transaction in which a loss is noted, with its moment; gives how much it has flagged.

    Call this from an AppConfig's ready().
    """
    _on_loss.append(listener)


@receiver(connection_created)
def _look_first(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    try:
        look()
    except BaseException:
        # Else it would be taken for one that was looked at.
        connection.close()
        raise


def look() -> None:
    """One statement and one command to Redis, unless there is a loss. Raises OperationalError for a standby.

    A standby may be promoted under its connections, so none is kept.
    """
    try:
        place, noted, marks, _ = _read()
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.ObjectNotInPrerequisiteState):
            words = "The database is a standby, which takes no writes."
            raise OperationalError(words) from psycopg.OperationalError(words)
        raise
    except ProgrammingError as error:
        _can_not_look(error)
        return
    if noted is None or (noted.system, noted.timeline) != (place.system, place.timeline) or _lost(place, noted, marks):
        _settle(forced=False)
    else:
        seen.here(noted.system, noted.since)


def take_as_restored() -> int:
    """Do as if a loss had been found; gives how much may have been done unseen."""
    return _settle(forced=True)


def _lost(place: Place, noted: Noted | None, marks: list[Mark]) -> bool:
    return has_lost(place, noted, marks, keeps_commits=settings.DATABASE_KEEPS_COMMITS)


def _settle(*, forced: bool) -> int:
    flagged = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)
        place, noted, marks, now = _read()
        lost = forced or _lost(place, noted, marks)
        since = since_now(now, noted, marks) if lost or noted is None else noted.since
        if lost:
            flagged = sum(listener(since) for listener in _on_loss)
        if lost or noted is None or place.timeline != noted.timeline:
            with connection.cursor() as cursor:
                cursor.execute(_NOTE, [place.system, place.timeline, since])
    seen.here(place.system, since)
    if lost:
        logger.error("The database has lost its last seconds: %d actions are looked for before they are sent.", flagged)
        seen.forget_before(since)
    return flagged


def _read() -> tuple[Place, Noted | None, list[Mark], datetime]:
    """Where the database is, what it says itself, what others remember of it, and its time."""
    # First of all: what somebody commits meanwhile would be further than the database was.
    marks = seen.marks()
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        system, timeline, wal, was_system, was_timeline, since, now = cursor.fetchall()[0]
    noted = None if since is None else Noted(was_system, was_timeline, since)
    return Place(system, timeline, wal), noted, marks, now


def _can_not_look(error: ProgrammingError) -> None:
    if not isinstance(error.__cause__, psycopg.errors.UndefinedTable):
        logger.error("Nobody can tell whether the database has lost commits: %s", error)
