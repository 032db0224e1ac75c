"""Whether FleetRemote does what it is for just now, and if not, why: for GET /health/ready."""

from datetime import timedelta

import redis
from django.db import DatabaseError, InterfaceError, connection

from callbacks.delivery import sweep as deliveries
from fleets.storage import clock, pulse
from fleets.storage.pulse import KINDS
from fleets.storage.redis import client
from remotes.sending import sweep as commands

# What has been due for so long is late.
LATE = timedelta(minutes=1)


def reasons() -> list[str]:
    """What is wrong, in English; nothing when all is well. Says nothing of vehicles or people."""
    try:
        return [*_writable(), *_redis(), *_living(), *_late()]
    except (DatabaseError, InterfaceError):
        return ["The database does not answer."]


def _writable() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
        ((is_read_only,),) = cursor.fetchall()
    return ["The database takes no changes."] if is_read_only else []


def _redis() -> list[str]:
    try:
        client().set("health", "1", ex=10)
    except redis.ResponseError:
        return ["Redis takes no messages; it may be full. What is due is looked for in the database instead."]
    except (redis.RedisError, OSError):
        return ["Redis does not answer. What is due is looked for in the database instead."]
    return []


def _living() -> list[str]:
    """Rows are written, so where none is new the disk may be full."""
    lives = pulse.read()
    return [f"{kind}: {found}" for kind in KINDS if (found := pulse.trouble(lives.get(kind))) is not None]


def _late() -> list[str]:
    before = clock.now() - LATE
    late = {
        "remote actions that wait to be sent": commands.has_unsent(before),
        "remote actions to be looked up": commands.has_sent(before),
        "callbacks with something to deliver": deliveries.is_late(before),
    }
    return [f"There are {what}, due for more than a minute." for what, is_so in late.items() if is_so]
