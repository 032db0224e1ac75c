"""Rate limits of an API client: a day (sliding 24 hours) and a burst (1 second), counted in Redis.

Headers of every answer (the published API's "Rate limits"): `X-RateLimit-Limit-1` and `-Remaining-1` for the day, `-2`
for the burst; on 429 also `X-RateLimit-Reset` and `Retry-After`, in seconds. While Redis is away nobody is refused.
"""

import time
from dataclasses import dataclass

from fleets.models import ApiClient
from fleets.redis import best_effort, client

_HOUR = 3600
_HOURS = 24


@dataclass(frozen=True)
class Standing:
    """What a client has left after this request; `retry_after` seconds when it is refused."""

    day_limit: int
    day_remaining: int
    burst_limit: int
    burst_remaining: int
    retry_after: int | None = None

    def headers(self) -> dict[str, str]:
        headers = {
            "X-RateLimit-Limit-1": str(self.day_limit),
            "X-RateLimit-Remaining-1": str(self.day_remaining),
            "X-RateLimit-Limit-2": str(self.burst_limit),
            "X-RateLimit-Remaining-2": str(self.burst_remaining),
        }
        if self.retry_after is not None:
            headers |= {"X-RateLimit-Reset": str(self.retry_after), "Retry-After": str(self.retry_after)}
        return headers


def count_request(caller: ApiClient) -> Standing:
    """Count one request. A refused one counts in the burst, not in the day."""
    now = time.time()
    day, burst = [0.0], [0]
    best_effort(lambda: _read(caller, now, day, burst))
    if burst[0] > caller.burst_limit:
        return _standing(caller, day[0], burst[0], retry_after=1)
    if day[0] >= caller.day_limit:
        return _standing(caller, day[0], burst[0], retry_after=int(_HOUR - now % _HOUR) + 1)
    best_effort(lambda: _count_in_day(caller, now))
    return _standing(caller, day[0] + 1, burst[0])


def _standing(caller: ApiClient, day: float, burst: int, retry_after: int | None = None) -> Standing:
    return Standing(
        caller.day_limit,
        max(0, caller.day_limit - int(day)),
        caller.burst_limit,
        max(0, caller.burst_limit - burst),
        retry_after,
    )


def _read(caller: ApiClient, now: float, day: list[float], burst: list[int]) -> None:
    """The requests of the last 24 hours by the hour, the oldest hour by the part of it that still counts."""
    hour = int(now // _HOUR)
    pipeline = client().pipeline(transaction=False)
    pipeline.incr(_key(caller, "second", int(now)))
    pipeline.expire(_key(caller, "second", int(now)), 5)
    pipeline.mget([_key(caller, "hour", hour - back) for back in range(_HOURS + 1)])
    in_second, _, hours = pipeline.execute()
    numbers = [int(number or 0) for number in hours]
    burst[0] = in_second
    day[0] = sum(numbers[:_HOURS]) + numbers[_HOURS] * (1 - now % _HOUR / _HOUR)


def _count_in_day(caller: ApiClient, now: float) -> None:
    key = _key(caller, "hour", int(now // _HOUR))
    pipeline = client().pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, _HOUR * (_HOURS + 2))
    pipeline.execute()


def _key(caller: ApiClient, unit: str, number: int) -> str:
    return f"limit:{caller.pk}:{unit}:{number}"
