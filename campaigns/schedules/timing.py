"""When a schedule runs next, whatever the clocks do. Plain functions of dates and time zones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from remotes.models import Schedule

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Timing:
    """At the local time `at`, in whole seconds: once on the day `on`, else weekly on `days` (0 is Monday).

    `starts_on` and `ends_on` are the first and the last day; None is no limit.
    """

    at: time
    on: date | None = None
    days: frozenset[int] = frozenset()
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """A time to run: the moment in UTC, and the local day that it is for."""

    at: datetime
    day: date


def timing_of(schedule: Schedule) -> Timing:
    return Timing(
        schedule.local_time, schedule.local_date, frozenset(schedule.days), schedule.starts_on, schedule.ends_on
    )


def next_run(timing: Timing, after: datetime, zone: ZoneInfo) -> Planned | None:
    """The first time to run later than `after`; None where there is none any more."""
    for day in _days(timing, after.astimezone(zone).date() - DAY):
        at = moment_of(day, timing.at, zone)
        if at > after:
            return Planned(at, day)
    return None


def next_runs(timing: Timing, after: datetime, zone: ZoneInfo, number: int) -> list[Planned]:
    """As `next_run`, up to `number` of them in their order."""
    found: list[Planned] = []
    while len(found) < number:
        planned = next_run(timing, found[-1].at if found else after, zone)
        if planned is None:
            break
        found.append(planned)
    return found


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When it is that local time on that day, in UTC.

    Where it is that twice, since clocks are set back, the first time counts. Where it is never, since clocks are set
    forward, it is the moment at which they are.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _change_between(local.replace(fold=1).astimezone(UTC), moment, zone)


def is_moved(planned: Planned, at: time, zone: ZoneInfo) -> bool:
    """Whether it is another time of day, since that one does not exist on that day."""
    return planned.at.astimezone(zone).replace(tzinfo=None) != datetime.combine(planned.day, at)


def _days(timing: Timing, first: date) -> Iterator[date]:
    """The local days that it runs on, from about `first` on."""
    if timing.on is not None:
        yield timing.on
        return
    day = max(first, timing.starts_on or first)
    while timing.days and (timing.ends_on is None or day <= timing.ends_on):
        if day.weekday() in timing.days:
            yield day
        if day >= date.max - DAY:
            return
        day += DAY


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, a whole second, at which the clocks of the zone are set forward."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
