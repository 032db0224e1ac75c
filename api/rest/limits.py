"""Rate limits of an API client: a day (sliding 24 hours) and a burst (1 second), counted in Redis.

Headers of every answer (the published API's "Rate limits"): `X-RateLimit-Limit-1` and `-Remaining-1` for the day, `-2`
for the burst; on 429 also `X-RateLimit-Reset` and `Retry-After`, in seconds. While Redis is away nobody is refused.
"""

import time
from dataclasses import dataclass
from functools import cache

from redis.commands.core import Script

from fleets.models import ApiClient
from fleets.storage.redis import best_effort, client

_HOUR = 3600
_HOURS = 24


# One step for all. KEYS: the second, then the hours, newest first. ARGV: limits of burst and day, which part of the
# oldest hour still counts, how long an hour's count is kept. Gives what the last 24 hours held before, the second with
# this request, and the limit that it is over.
_COUNT = """
local burst = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], 5)
local day = 0
for place = 2, #KEYS do
    local part = place == #KEYS and tonumber(ARGV[3]) or 1
    day = day + (tonumber(redis.call('GET', KEYS[place])) or 0) * part
end
local refused = ''
if burst > tonumber(ARGV[1]) then
    refused = 'burst'
elseif day >= tonumber(ARGV[2]) then
    refused = 'day'
else
    redis.call('INCR', KEYS[2])
    redis.call('EXPIRE', KEYS[2], ARGV[4])
end
return {tostring(day), tostring(burst), refused}
"""


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
    found: list[tuple[float, int, str]] = []
    best_effort(lambda: found.append(_count(caller, now)))
    day, burst, refused = found[0] if found else (0.0, 0, "")
    if refused == "burst":
        return _standing(caller, day, burst, retry_after=1)
    if refused == "day":
        return _standing(caller, day, burst, retry_after=int(_HOUR - now % _HOUR) + 1)
    return _standing(caller, day + 1, burst)


def _standing(caller: ApiClient, day: float, burst: int, retry_after: int | None = None) -> Standing:
    return Standing(
        caller.day_limit,
        max(0, caller.day_limit - int(day)),
        caller.burst_limit,
        max(0, caller.burst_limit - burst),
        retry_after,
    )


def _count(caller: ApiClient, now: float) -> tuple[float, int, str]:
    """What _COUNT gives."""
    hour = int(now // _HOUR)
    keys = [_key(caller, "second", int(now)), *(_key(caller, "hour", hour - back) for back in range(_HOURS + 1))]
    counts = 1 - now % _HOUR / _HOUR
    day, burst, refused = _script()(keys, [caller.burst_limit, caller.day_limit, counts, _HOUR * (_HOURS + 2)])
    return float(day), int(burst), refused.decode()


@cache
def _script() -> Script:
    return client().register_script(_COUNT)


def _key(caller: ApiClient, unit: str, number: int) -> str:
    return f"limit:{caller.pk}:{unit}:{number}"
