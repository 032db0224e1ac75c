"""Whether the database is away, told from what it says of a single statement."""

import psycopg
from django.db import DatabaseError, InterfaceError

# Seconds after which it is worth trying again.
RETRY_AFTER = 5

# SQLSTATEs: it starts, stops or recovers, takes no more connections, its disk is full, or it is a standby.
_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "53300", "53100", "25006"})
_CONNECTION_CLASS = "08"


def is_away(error: BaseException | None) -> bool:
    """Whether this says that no statement would have succeeded: no connection, or none that works."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if state is None:
        # Nobody was there to give one: not reached, or cut off.
        return isinstance(cause, psycopg.OperationalError)
    return state in _AWAY or state.startswith(_CONNECTION_CLASS)
