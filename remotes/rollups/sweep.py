"""Keeps the counts of each fleet up to the last full hour: what has changed is counted anew, what is new is added.

Triggers write down in which quarter of an hour an action ended or changed after its end (CountDue), in the same
transaction. A sweep takes these rows away and counts the hours and days that they lie in from the actions themselves,
so that nothing counts twice, however often and in whatever order it comes. What was there before is counted backwards,
a piece a sweep.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from fleets.storage import clock
from remotes.models import ActionCount, AttemptCount, ChargeCount, CountState, FleetRules, RemoteAction
from remotes.rollups import charge, deliveries
from remotes.rollups.bins import HOUR, Bin, day_bin, days, hour_bin, hours, runs
from remotes.rollups.counting import keep
from remotes.zones import default_zone, zone_of

HOURS_KEPT = timedelta(days=9)
"""So long hours are kept; what is older is known by days."""
DAYS_KEPT = timedelta(days=400)
PIECE = timedelta(days=7)
"""What a sweep counts backwards of a fleet."""
# A wake-up is before the end of its action.
_BEFORE = timedelta(days=1)
_LOCK = 1802

_Length = ActionCount.Length


def sweep() -> None:
    """Once for all fleets; a second one at the same time does nothing."""
    now = clock.now()
    for fleet_id in _fleets(now):
        with transaction.atomic():
            if not _is_alone():
                return
            count_fleet(fleet_id, now)
    with transaction.atomic():
        if _is_alone():
            charge.sample(now)


def prune() -> None:
    """What is too old to be asked for."""
    now = clock.now()
    for length, kept in ((_Length.HOUR, HOURS_KEPT), (_Length.DAY, DAYS_KEPT)):
        ActionCount.objects.filter(length=length, start__lt=now - kept)._raw_delete("default")
        AttemptCount.objects.filter(length=length, start__lt=now - kept)._raw_delete("default")
    ChargeCount.objects.filter(at__lt=now - DAYS_KEPT)._raw_delete("default")


def count_fleet(fleet_id: int, now: datetime) -> None:
    """Bring one fleet's counts up to the last full hour."""
    rules = FleetRules.objects.filter(pk=fleet_id).only("time_zone").first()
    name = rules.time_zone if rules else default_zone()
    zone = zone_of(name)
    until = hour_bin(now, zone).start
    state = CountState.objects.select_for_update().filter(pk=fleet_id).first()
    if state is None or state.zone != name:
        ActionCount.objects.filter(fleet=fleet_id)._raw_delete("default")
        begun = day_bin(until, zone).start
        state = CountState(fleet_id=fleet_id, zone=name, since=begun, until=begun)
    at = set(_taken(fleet_id, until))
    if state.until < until:
        at |= {one.start for one in hours(state.until, until, zone)}
        # A try to deliver is written down a while after it was made.
        at.add(state.until - HOUR)
    _count(fleet_id, [moment for moment in at if state.since <= moment], until, state)
    state.until = until
    _go_back(state, now)
    state.save()


def _count(fleet_id: int, moments: Iterable[datetime], until: datetime, state: CountState) -> None:
    """The hours, and the days that are over, in which these moments are."""
    zone, moments = zone_of(state.zone), list(moments)
    some_hours = {hour_bin(at, zone) for at in moments if at >= until - HOURS_KEPT}
    some_days = {day_bin(at, zone) for at in moments}
    _keep(fleet_id, _Length.HOUR, (one for one in some_hours if one.end <= until))
    _keep(fleet_id, _Length.DAY, (one for one in some_days if one.end <= until))


def _go_back(state: CountState, now: datetime) -> None:
    """Count what was before, a piece, until there is nothing more."""
    ended = RemoteAction.objects.filter(fleet=state.fleet_id, finished_at__isnull=False)
    first: datetime | None = ended.aggregate(at=Min("finished_at"))["at"]
    if first is None or state.since <= max(first - _BEFORE, now - DAYS_KEPT):
        return
    zone = zone_of(state.zone)
    start = day_bin(max(state.since - PIECE, first - _BEFORE), zone).start
    piece = days(start, state.since, zone)
    _keep(state.fleet_id, _Length.DAY, piece)
    _keep(state.fleet_id, _Length.HOUR, hours(max(start, hour_bin(now - HOURS_KEPT, zone).start), state.since, zone))
    state.since = start


def _keep(fleet_id: int, length: ActionCount.Length, bins: Iterable[Bin]) -> None:
    for run in runs(bins):
        keep(fleet_id, length, run)
        deliveries.keep(fleet_id, length, run)


def _taken(fleet_id: int, until: datetime) -> list[datetime]:
    """The quarters of an hour that are due, of hours that are over: they are not due any more."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [fleet_id, until])
        return [at for (at,) in cursor.fetchall()]


def _fleets(now: datetime) -> list[int]:
    """Those with something to count: an hour is over, something is due, or there is more before."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_WORK, {"now": now, "before": now - DAYS_KEPT})
        return [pk for (pk,) in cursor.fetchall()]


def _is_alone() -> bool:
    """Until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


_TAKE = """
WITH taken AS (DELETE FROM remotes_countdue WHERE fleet_id = %s AND at < %s RETURNING at)
SELECT DISTINCT at FROM taken
"""
_WITH_WORK = """
SELECT fleet.id
FROM fleets_fleet fleet
LEFT JOIN remotes_countstate state ON state.fleet_id = fleet.id
LEFT JOIN remotes_fleetrules rules ON rules.fleet_id = fleet.id
WHERE state.fleet_id IS NULL OR state.until <= %(now)s - interval '1 hour'
    OR (rules.time_zone IS NOT NULL AND rules.time_zone <> state.zone)
    OR EXISTS (SELECT FROM remotes_countdue due WHERE due.fleet_id = fleet.id AND due.at < state.until)
    OR (SELECT greatest(action.finished_at - interval '1 day', %(before)s) < state.since
        FROM remotes_remoteaction action
        WHERE action.fleet_id = fleet.id AND action.finished_at IS NOT NULL ORDER BY action.finished_at LIMIT 1)
ORDER BY fleet.id
"""
