"""Counts what happened in a fleet, from the actions and wake-ups themselves: by bins of time, and by what they were.

One statement's text serves two: what a sweep keeps (`keep`), and what a page adds of the time that no sweep has counted
yet, or counts for somebody who sees some vehicles only (`count_live`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, QuerySet, TextField, Value, When

from fleets.models import Vehicle
from remotes.counts.conditions import CONDITIONS, OUTCOME, REASON, Standing
from remotes.models import ActionCount, RemoteAction, WakeUp
from remotes.rollups.bins import Bin
from remotes.rollups.histogram import BUCKET_SQL

WOKEN = ActionCount.WOKEN

# Rows that a page looks at by itself; whoever asks for more waits for the sweep, or chooses less.
MOST_LIVE = 20_000


@dataclass(frozen=True)
class Cell:
    """So many ended so in the bin that began at `start`. Fields as in ActionCount."""

    start: datetime
    remote_type: str | None
    outcome: str
    reason: str
    number: int
    times: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """Which actions of a fleet are meant: all, or those of a type (catalogue name), of a model, of some vehicles."""

    fleet_id: int
    remote_type: str | None = None
    model: str | None = None
    vehicles: QuerySet[Vehicle] | None = None

    def ended(self, start: datetime, end: datetime) -> QuerySet[RemoteAction]:
        ended = RemoteAction.objects.filter(fleet=self.fleet_id, finished_at__gte=start, finished_at__lt=end)
        return ended.filter(self._what("")).order_by()

    def woken(self, start: datetime, end: datetime) -> QuerySet[WakeUp]:
        woken = WakeUp.objects.filter(action__fleet=self.fleet_id, at__gte=start, at__lt=end)
        return woken.filter(self._what("action__")).order_by()

    def _what(self, prefix: str) -> Q:
        given = {"remote_type": self.remote_type, "vehicle__model": self.model, "vehicle__in": self.vehicles}
        return Q(**{prefix + name: value for name, value in given.items() if value is not None})


def keep(fleet_id: int, length: ActionCount.Length, bins: Sequence[Bin]) -> None:
    """Count these bins, which follow one another, and keep that in the place of what was kept of them."""
    first, last = bins[0].start, bins[-1].end
    ActionCount.objects.filter(fleet=fleet_id, length=length, start__gte=first, start__lt=last)._raw_delete("default")
    whole = Selection(fleet_id)
    found, values = _sql(*_parts(whole, first, last, with_woken=True))
    values |= {"starts": [one.start for one in bins], "fleet": fleet_id, "length": str(length)}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(found=found), values)


def count_live(selection: Selection, bins: Sequence[Bin], *, by_type: bool, woken: bool = False) -> list[Cell] | None:
    """What these bins hold now, with its type where that is asked for; None where it is more than MOST_LIVE rows."""
    rows: list[QuerySet[Any, Any]] = _parts(selection, bins[0].start, bins[-1].end, with_woken=False)
    if woken:
        rows = [_woken_rows(selection, bins[0].start, bins[-1].end)]
    found, values = _sql(*[part[: MOST_LIVE + 1] for part in rows])
    values |= {"starts": [one.start for one in bins]}
    with connection.cursor() as cursor:
        cursor.execute(_LIVE.format(found=found, type="remote_type" if by_type else "NULL::text"), values)
        counted = cursor.fetchall()
    if sum(row[4] for row in counted) > MOST_LIVE:
        return None
    return [
        Cell(bins[number - 1].start, remote_type, outcome, reason, total, json.loads(times))
        for number, remote_type, outcome, reason, total, times in counted
    ]


def _parts(selection: Selection, start: datetime, end: datetime, *, with_woken: bool) -> list[QuerySet[Any, Any]]:
    because = Case(When(CONDITIONS[Standing.FAILED], then=REASON), default=Value(""), output_field=TextField())
    took = ExpressionWrapper(F("finished_at") - F("created_at"), output_field=DurationField())
    ended = selection.ended(start, end).annotate(outcome=OUTCOME, because=because, took=took)
    parts: list[QuerySet[Any, Any]] = [
        ended.values_list("finished_at", "remote_type", "vehicle__model", "outcome", "because", "took")
    ]
    return [*parts, _woken_rows(selection, start, end)] if with_woken else parts


def _woken_rows(selection: Selection, start: datetime, end: datetime) -> QuerySet[Any, Any]:
    nothing = Value(None, output_field=DurationField())
    woken = selection.woken(start, end).annotate(outcome=Value(WOKEN), because=Value(""), took=nothing)
    return woken.values_list("at", "action__remote_type", "action__vehicle__model", "outcome", "because", "took")


def _sql(*parts: QuerySet[Any, Any]) -> tuple[str, dict[str, Any]]:
    """The rows of all of them as one text, with its values by name."""
    texts, values = [], dict[str, Any]()
    for part in parts:
        text, given = part.query.sql_with_params()
        names = [f"given_{len(values) + number}" for number in range(len(given))]
        texts.append("(" + text % tuple(f"%({name})s" for name in names) + ")")
        values |= dict(zip(names, given, strict=True))
    return " UNION ALL ".join(texts), values


_BUCKET = BUCKET_SQL.format(seconds="extract(epoch FROM took::interval)")
_PLACED = f"""
WITH found (at, remote_type, model, outcome, reason, took) AS ({{found}}),
placed AS (
    SELECT width_bucket(at, %(starts)s::timestamptz[]) AS bin, remote_type, model, outcome, reason,
        CASE WHEN outcome = '{Standing.SUCCEEDED}' THEN {_BUCKET} END AS bucket,
        count(*) AS number
    FROM found GROUP BY 1, 2, 3, 4, 5, 6
)
"""  # noqa: S608
_TIMES = "coalesce(jsonb_object_agg(bucket, number) FILTER (WHERE bucket IS NOT NULL), '{{}}')"

_KEEP = f"""{_PLACED}, cubed AS (
    SELECT bin, remote_type, model, outcome, reason, bucket, sum(number) AS number
    FROM placed GROUP BY GROUPING SETS (
        (bin, outcome, reason, bucket), (bin, outcome, reason, bucket, remote_type),
        (bin, outcome, reason, bucket, model), (bin, outcome, reason, bucket, remote_type, model))
)
INSERT INTO remotes_actioncount (fleet_id, length, start, remote_type, model, outcome, reason, number, times)
SELECT %(fleet)s, %(length)s, (%(starts)s::timestamptz[])[bin], remote_type, model, outcome, reason, sum(number),
    {_TIMES}
FROM cubed GROUP BY bin, remote_type, model, outcome, reason
"""  # noqa: S608
_LIVE = f"""{_PLACED}, summed AS (
    SELECT bin, {{type}} AS remote_type, outcome, reason, bucket, sum(number) AS number
    FROM placed GROUP BY 1, 2, 3, 4, 5
)
SELECT bin, remote_type, outcome, reason, sum(number)::int, {_TIMES} FROM summed GROUP BY 1, 2, 3, 4
"""  # noqa: S608
