"""Schedules and their runs as pages show them, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from campaigns.schedules.timing import Planned, is_moved, next_runs, timing_of
from console.schedules.words import (
    asked_words,
    command_title,
    outcome_word,
    run_word,
    state_word,
    when_words,
    whom_words,
    why_words,
)
from fleets.models import Fleet, Vehicle
from fleets.words.numbers import Word
from remotes.models import Schedule, ScheduleRun
from remotes.words.failures import why_failed
from remotes.zones import zone_of

PAGE_SIZE = 20
RUNS_SHOWN = 20
NEXT_SHOWN = 5

State = Schedule.State


@dataclass(frozen=True)
class Time:
    """A time to run. `moved`: the clocks skip the time of day that was wanted, so that it is another one."""

    at: datetime
    moved: bool = False


@dataclass(frozen=True)
class RunRow:
    """One time and what became of it; `outcome` is how what was asked for stands now, `failed` why it failed."""

    run: ScheduleRun
    word: Word
    why: str
    asked: str
    outcome: Word | None
    failed: str
    zone: ZoneInfo
    moved: bool

    @property
    def present(self) -> Word:
        """In one word: how it stands, or why there is nothing that could."""
        is_plain = self.run.state == ScheduleRun.State.SENT and not self.run.why
        return self.outcome if self.outcome is not None and is_plain else self.word


@dataclass(frozen=True)
class ScheduleRow:
    """A schedule in the list of them, with its last time."""

    schedule: Schedule
    title: str
    whom: str
    when: str
    word: Word
    next: Time | None
    last: RunRow | None


@dataclass(frozen=True)
class SchedulePage:
    """`next_after` is the token of the next page, empty on the last."""

    rows: list[ScheduleRow]
    next_after: str


@dataclass(frozen=True)
class RunPage:
    """`older` is the key that the next page lies before, None on the last."""

    rows: list[RunRow]
    older: int | None


def schedule_page(fleet: Fleet, state: Schedule.State, after: str, zone: ZoneInfo) -> SchedulePage:
    """The fleet's schedules that stand so: active ones by their next time, others the newest first: two statements."""
    schedules = fleet.schedules.filter(state=state).select_related("vehicle", "user")
    schedules = schedules.defer("vehicle__state", "vehicle__capability_document")
    found = list(_beyond(schedules, state, after)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = _last_runs(shown)
    rows = [_row(schedule, last.get(schedule.pk), zone) for schedule in shown]
    return SchedulePage(rows, _token(shown[-1]) if len(found) > PAGE_SIZE else "")


def schedules_of(vehicle: Vehicle, zone: ZoneInfo) -> list[ScheduleRow]:
    """Those for this vehicle alone that have not ended, by their next time: two statements."""
    open_ones = vehicle.fleet.schedules.filter(vehicle=vehicle, state__in=[State.ACTIVE, State.PAUSED])
    found = list(open_ones.select_related("user").order_by("state", "next_run_at", "pk")[:PAGE_SIZE])
    for schedule in found:
        schedule.vehicle = vehicle
    last = _last_runs(found)
    return [_row(schedule, last.get(schedule.pk), zone) for schedule in found]


def next_times(schedule: Schedule, zone: ZoneInfo) -> list[Time]:
    """The next ones of an active schedule, what is due this moment first."""
    first = next_time(schedule, zone)
    if first is None:
        return []
    timing = timing_of(schedule)
    following = next_runs(timing, first.at, zone, NEXT_SHOWN - 1)
    return [first, *[Time(planned.at, is_moved(planned, timing.at, zone)) for planned in following]]


def next_time(schedule: Schedule, zone: ZoneInfo) -> Time | None:
    """When an active schedule runs next."""
    if schedule.next_run_at is None or schedule.next_day is None:
        return None
    planned = Planned(schedule.next_run_at, schedule.next_day)
    return Time(planned.at, is_moved(planned, schedule.local_time, zone))


def run_page(schedule: Schedule, before: int | None) -> RunPage:
    """What became of its times, the newest first: one statement."""
    runs = _with_outcome(schedule.runs.all())
    if before is not None:
        runs = runs.filter(pk__lt=before)
    found = list(runs.order_by("-pk")[: RUNS_SHOWN + 1])
    shown = found[:RUNS_SHOWN]
    return RunPage([_run_row(run) for run in shown], shown[-1].pk if len(found) > RUNS_SHOWN else None)


def _beyond(schedules: QuerySet[Schedule], state: Schedule.State, after: str) -> QuerySet[Schedule]:
    """In their order, those after the token; a broken one leads to the first page."""
    at, pk = _read(after)
    if state != State.ACTIVE:
        return (schedules.filter(pk__lt=pk) if pk else schedules).order_by("-pk")
    if at is not None:
        schedules = schedules.filter(Q(next_run_at__gt=at) | Q(next_run_at=at, pk__gt=pk))
    return schedules.order_by("next_run_at", "pk")


def _token(schedule: Schedule) -> str:
    at = schedule.next_run_at
    return f"{at.timestamp():.0f}-{schedule.pk}" if at else f"-{schedule.pk}"


def _read(token: str) -> tuple[datetime | None, int]:
    at, _, pk = token.partition("-")
    try:
        return datetime.fromtimestamp(int(at), UTC) if at else None, int(pk) % 2**63
    except (ValueError, OverflowError, OSError):
        return None, 0


def _last_runs(schedules: Sequence[Schedule]) -> dict[int, ScheduleRun]:
    """By the schedule's primary key: one statement."""
    newest = ScheduleRun.objects.filter(schedule=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    keys = Schedule.objects.filter(pk__in=[schedule.pk for schedule in schedules]).values(key=Subquery(newest))
    return {run.schedule_id: run for run in _with_outcome(ScheduleRun.objects.filter(pk__in=keys))}


def _with_outcome(runs: QuerySet[ScheduleRun]) -> QuerySet[ScheduleRun]:
    return runs.select_related("action__vehicle", "bulk").defer(
        "action__vehicle__state", "action__vehicle__capability_document"
    )


def _row(schedule: Schedule, last: ScheduleRun | None, zone: ZoneInfo) -> ScheduleRow:
    return ScheduleRow(
        schedule=schedule,
        title=command_title(schedule),
        whom=whom_words(schedule),
        when=when_words(schedule),
        word=state_word(schedule),
        next=next_time(schedule, zone),
        last=_run_row(last) if last else None,
    )


def _run_row(run: ScheduleRun) -> RunRow:
    zone = zone_of(run.zone)
    planned = Planned(run.planned_at, run.local_date)
    return RunRow(
        run=run,
        word=run_word(run),
        why=why_words(run),
        asked=asked_words(run),
        outcome=outcome_word(run),
        failed=why_failed(run.action) if run.action is not None else "",
        zone=zone,
        moved=is_moved(planned, run.local_time, zone),
    )
