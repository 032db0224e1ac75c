"""How delivering to the callbacks of a fleet went, by bins of time: tries, and how long the answers took."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from callbacks.models import Callback
from fleets.storage import clock
from fleets.storage.kept import kept
from remotes.models import ActionCount, AttemptCount
from remotes.rollups.bins import Bin
from remotes.rollups.histogram import BUCKET_SQL


@dataclass(frozen=True)
class Tries:
    """So many tries to deliver to a callback went so in the bin that began at `start`; `times` as in AttemptCount."""

    callback_id: int
    start: datetime
    succeeded: bool
    number: int
    times: dict[str, int]


def keep(fleet_id: int, length: ActionCount.Length, bins: Sequence[Bin]) -> None:
    """Count these bins, which follow one another, anew; but for those whose tries are not kept any more."""
    oldest = clock.now() - kept(settings.DELIVERY_DAYS) + timedelta(days=1)
    bins = [one for one in bins if one.start >= oldest]
    if not bins:
        return
    callbacks = list(Callback.objects.filter(fleet=fleet_id).values_list("pk", flat=True))
    old = AttemptCount.objects.filter(callback__in=callbacks, length=length)
    old.filter(start__gte=bins[0].start, start__lt=bins[-1].end)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSERT} {_COUNTED}", _values(callbacks, bins) | {"length": str(length)})


def tries_live(callbacks: Sequence[int], bins: Sequence[Bin]) -> list[Tries]:
    """What these bins hold now."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, _values(callbacks, bins) | {"length": ""})
        return [
            Tries(callback, start, succeeded, number, json.loads(times))
            for callback, _, start, succeeded, number, times in cursor.fetchall()
        ]


def _values(callbacks: Sequence[int], bins: Sequence[Bin]) -> dict[str, Any]:
    return {"callbacks": list(callbacks), "starts": [one.start for one in bins], "end": bins[-1].end}


_INSERT = "INSERT INTO remotes_attemptcount (callback_id, length, start, succeeded, number, times)"
_COUNTED = f"""
WITH placed AS (
    SELECT callback_id, width_bucket(at, %(starts)s::timestamptz[]) AS bin,
        coalesce(status BETWEEN 200 AND 299, false) AS succeeded,
        CASE WHEN status IS NOT NULL THEN {BUCKET_SQL.format(seconds="duration_ms / 1000.0")} END AS bucket,
        count(*) AS number
    FROM callbacks_attempt
    WHERE callback_id = ANY(%(callbacks)s) AND at >= (%(starts)s::timestamptz[])[1] AND at < %(end)s
    GROUP BY 1, 2, 3, 4
)
SELECT callback_id, %(length)s, (%(starts)s::timestamptz[])[bin], succeeded, sum(number)::int,
    coalesce(jsonb_object_agg(bucket, number) FILTER (WHERE bucket IS NOT NULL), '{{}}')
FROM placed GROUP BY callback_id, bin, succeeded
"""  # noqa: S608
