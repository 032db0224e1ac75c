"""Times as counts in buckets, so that those of many hours can be added up and still tell percentiles.

Each bucket ends at 1.1 times where it began. A percentile is told by the middle of its bucket, and so is off by 5 % at
the most (ERROR) above FIRST seconds; what is shorter counts as FIRST.
"""

from collections.abc import Iterable, Mapping
from math import ceil, floor, log, sqrt

FIRST = 0.05
"""Seconds at which the first bucket begins."""
RATIO = 1.1
LAST = 200
"""The last bucket; it begins after more than 3 months."""
ERROR = sqrt(RATIO) - 1

Buckets = Mapping[str, int]
"""How many in each bucket, by its number as JSON has it."""


def bucket_of(seconds: float) -> int:
    return min(max(floor(log(max(seconds, FIRST) / FIRST) / log(RATIO)), 0), LAST)


BUCKET_SQL = f"""least(floor(ln(greatest({{seconds}}, {FIRST}) / {FIRST}) / ln({RATIO})), {LAST})::int"""
"""`bucket_of` in SQL, where the braces are."""


def add(buckets: Iterable[Buckets]) -> dict[str, int]:
    total: dict[str, int] = {}
    for some in buckets:
        for bucket, number in some.items():
            total[bucket] = total.get(bucket, 0) + number
    return total


def percentile(buckets: Buckets, share: float) -> float | None:
    """Seconds within which this share (0 to 1) lies, by the nearest rank; None of nothing."""
    wanted, seen = ceil(share * sum(buckets.values())), 0
    for bucket in sorted(map(int, buckets)):
        seen += buckets[str(bucket)]
        if seen >= wanted and seen:
            return FIRST * RATIO**bucket * sqrt(RATIO)
    return None
