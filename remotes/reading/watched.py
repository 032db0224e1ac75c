"""The vehicles whose page somebody looks at: marks in Redis, renewed with each look and forgotten when it is lost."""

import time

from fleets.storage.redis import best_effort, client

# Seconds that a mark holds: an open page looks every 30 seconds at the latest (static/live.js).
HOLDS = 60
_KEY = "watched:vehicles"


def mark(vehicle_id: int) -> None:
    """Somebody looks at the vehicle now."""
    best_effort(lambda: client().zadd(_KEY, {str(vehicle_id): time.time()}))


def watched() -> list[int]:
    """The vehicles that somebody looks at, by their keys."""
    found: list[bytes] = []

    def read() -> None:
        pipeline = client().pipeline(transaction=False)
        pipeline.zremrangebyscore(_KEY, "-inf", time.time() - HOLDS)
        pipeline.zrange(_KEY, 0, -1)
        found.extend(pipeline.execute()[-1])

    best_effort(read)
    return [int(item) for item in found]
