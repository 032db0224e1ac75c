"""Runs what is due: each time of a schedule once, and what became of it is written down in the same transaction.

Whoever holds a schedule's row runs it. A worker that dies has asked nobody and noted nothing, so that the next sweep
takes the same time up again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.utils.log import get_logger
from django.db import transaction

from campaigns.bulk import acting
from campaigns.bulk.planning import NotPlanned, TooMany, plan
from campaigns.bulk.rules import Care
from campaigns.schedules.changes import follow_zones, go_on
from campaigns.schedules.timing import Planned, next_run, timing_of
from fleets.access import who_may, who_may_send
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.storage import clock
from protocol.why import Why
from remotes.asking.ask import NotPossible, Wishes, request_action
from remotes.finding.vehicles import NotUnderstood, read_filter
from remotes.models import BulkCommand, BulkItem, RemoteAction, Schedule, ScheduleRun
from remotes.zones import zone_of

logger = get_logger(__name__)

Missed = Schedule.Missed
State = ScheduleRun.State
RunWhy = ScheduleRun.Why

# A run that begins later than this after its time was missed.
GRACE = timedelta(minutes=5)

# Schedules that a sweep takes up at the most; the next one goes on.
LIMIT = 200

# How many vehicles a run asks: nobody watches, so not quicker than people would.
CARE = Care(pace=300)


@dataclass(frozen=True)
class RunResult:
    """What became of one time; `why` and `detail` as in ScheduleRun."""

    state: ScheduleRun.State
    why: ScheduleRun.Why | None = None
    detail: Why | None = None
    asked: int = 0
    left_out: int = 0
    action: RemoteAction | None = None
    bulk: BulkCommand | None = None


def run_due() -> None:
    """Run all that is due, the earliest first."""
    due = Schedule.objects.filter(state=Schedule.State.ACTIVE, next_run_at__lte=clock.now())
    for pk in due.order_by("next_run_at").values_list("pk", flat=True)[:LIMIT]:
        try:
            while run_once(pk):
                pass
        except Exception:
            # The others run, and this one is tried again by the next sweep.
            logger.exception("Schedule %s could not be run", pk)
    follow_zones()


@transaction.atomic
def run_once(schedule_id: int) -> bool:
    """Run one time of a schedule that is due; False where none is, or another worker is at it."""
    now = clock.now()
    rows = Schedule.objects.select_for_update(of=["self"], skip_locked=True).select_related("fleet", "user")
    schedule = rows.filter(pk=schedule_id, state=Schedule.State.ACTIVE, next_run_at__lte=now).first()
    if schedule is None or schedule.next_run_at is None or schedule.next_day is None:
        return False
    planned = Planned(schedule.next_run_at, schedule.next_day)
    # Clocks of servers are set back too: what has run stays so.
    if not schedule.runs.filter(planned_at=planned.at).exists():
        _write(schedule, planned, _outcome(schedule, planned, now), now)
    go_on(schedule, planned.at)
    return True


def may_ask(schedule: Schedule) -> bool:
    """Whoever it runs for must still be allowed to."""
    if schedule.user_id is None:
        return False
    who = who_may(schedule.fleet_id, Right.CHANGE_SCHEDULES) & who_may_send(schedule.fleet_id, schedule.remote_type)
    return who.filter(pk=schedule.user_id).exists()


def _write(schedule: Schedule, planned: Planned, outcome: RunResult, now: datetime) -> None:
    ScheduleRun.objects.create(
        schedule=schedule,
        planned_at=planned.at,
        local_date=planned.day,
        local_time=schedule.local_time,
        zone=schedule.zone,
        at=now,
        state=outcome.state,
        why=outcome.why or "",
        detail=outcome.detail,
        asked=outcome.asked,
        left_out=outcome.left_out,
        action=outcome.action,
        bulk=outcome.bulk,
    )


def _outcome(schedule: Schedule, planned: Planned, now: datetime) -> RunResult:
    is_late = now - planned.at > GRACE
    if is_late and schedule.missed == Missed.SKIP:
        return RunResult(State.MISSED, RunWhy.DOWN)
    if is_late and _is_due_again(schedule, planned, now):
        return RunResult(State.MISSED, RunWhy.REPLACED)
    if not may_ask(schedule):
        return RunResult(State.SKIPPED, RunWhy.RIGHTS)
    late = RunWhy.LATE if is_late else None
    return _ask_one(schedule, schedule.vehicle, late) if schedule.vehicle else _ask_many(schedule, late)


def _is_due_again(schedule: Schedule, planned: Planned, now: datetime) -> bool:
    """Whether a later time is due as well, so that one that is late would be sent twice."""
    following = next_run(timing_of(schedule), planned.at, zone_of(schedule.zone))
    return following is not None and following.at <= now


def _ask_one(schedule: Schedule, vehicle: Vehicle, late: ScheduleRun.Why | None) -> RunResult:
    if vehicle.fleet_id != schedule.fleet_id:
        return RunResult(State.SKIPPED, RunWhy.LEFT)
    wishes = Wishes(
        reason=_reason(schedule), origin=RemoteAction.Origin.SCHEDULE, touched=frozenset(schedule.touched_by)
    )
    try:
        action = request_action(vehicle, schedule.remote, user=schedule.user, wishes=wishes)
    except NotPossible as error:
        return RunResult(State.SKIPPED, RunWhy.UNABLE, error.why)
    return RunResult(State.SENT, late, asked=1, action=action)


def _ask_many(schedule: Schedule, late: ScheduleRun.Why | None) -> RunResult:
    """By a bulk command, which finds out what becomes of each vehicle, and keeps a pace."""
    assert schedule.user is not None
    try:
        vehicles = read_filter(schedule.filter).of(schedule.fleet)
        bulk = plan(
            schedule.fleet,
            vehicles,
            schedule.remote,
            CARE,
            user=schedule.user,
            reason=_reason(schedule),
            touched=schedule.touched_by,
        )
    except NotUnderstood as error:
        return RunResult(State.SKIPPED, RunWhy.UNCLEAR, error.why)
    except TooMany:
        return RunResult(State.SKIPPED, RunWhy.TOO_MANY)
    except NotPlanned:
        return RunResult(State.SKIPPED, RunWhy.NOBODY)
    acting.start(bulk, schedule.user)
    left_out = bulk.items.filter(state=BulkItem.State.SKIPPED).count()
    asked = bulk.items.count() - left_out
    if not asked:
        return RunResult(State.SKIPPED, RunWhy.UNABLE, left_out=left_out, bulk=bulk)
    return RunResult(State.PART if left_out else State.SENT, late, asked=asked, left_out=left_out, bulk=bulk)


def _reason(schedule: Schedule) -> str:
    """Why, in the history of each vehicle."""
    return f"Schedule: {schedule.name}. {schedule.reason}" if schedule.reason else f"Schedule: {schedule.name}"
