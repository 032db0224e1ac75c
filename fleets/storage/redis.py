"""The Redis client of this process. Redis only wakes and announces: whoever uses it must do without it too."""

import time
from collections.abc import Callable
from functools import cache

import redis
from celery.utils.log import get_logger
from django.conf import settings
from kombu.exceptions import OperationalError

logger = get_logger(__name__)

# After a failure Redis is left alone for that long, in seconds, so that an outage does not slow every request.
PAUSE = 1.0
_paused_until = 0.0


@cache
def client() -> redis.Redis:
    """Connects on first use; short time-outs, in seconds.

    Two threads may both make one at first. A client that was given its pool does not close it under the other's feet.
    """
    pool = redis.ConnectionPool.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0)
    return redis.Redis(connection_pool=pool)


def best_effort(work: Callable[[], object]) -> bool:
    """Do something with Redis or Celery that may be lost. Gives False when it was."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return False
    try:
        work()
    except (redis.RedisError, OperationalError, OSError) as error:
        _paused_until = time.monotonic() + PAUSE
        logger.warning("Redis did not answer; the next sweep does what was to be woken: %s", error)
        return False
    return True
