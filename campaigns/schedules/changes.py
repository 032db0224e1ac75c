"""What people do to schedules: they make, change, pause, resume and end them. Each is on record."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from campaigns.schedules.timing import next_run, timing_of
from fleets.audit.entries import About, Origin, person, record_operation
from fleets.storage import clock
from remotes.asking.ask import rules_of
from remotes.models import Schedule
from remotes.zones import default_zone

State = Schedule.State


class NeverRuns(Exception):
    """There is no time at which it would run."""


def touch(schedule: Schedule, user: User) -> None:
    """Note, without saving, that the user has a hand in it, and whoever saved the command that it was made of."""
    known = {*schedule.touched_by, user.pk, schedule.user_id, schedule.saved_command and schedule.saved_command.user_id}
    schedule.touched_by = sorted(key for key in known if key)


@transaction.atomic
def make(schedule: Schedule, user: User) -> None:
    """Save a new one, in the name of the user. Raises NeverRuns."""
    schedule.user = user
    touch(schedule, user)
    _plan(schedule, clock.now())
    schedule.save()
    _record(schedule, "made a schedule", user)


@transaction.atomic
def change(schedule: Schedule, values: dict[str, Any], user: User) -> bool:
    """Set fields of it; from then on it runs in the name of the user. Raises NeverRuns. False: it has ended."""
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if locked.state == State.ENDED:
        return False
    before = timing_of(locked)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.user = user
    touch(locked, user)
    # A time that is due this moment is not lost to a change of something else.
    if timing_of(locked) != before:
        _plan(locked, clock.now())
    locked.save()
    _record(locked, "changed a schedule", user)
    return True


@transaction.atomic
def pause(schedule: Schedule, user: User) -> None:
    """Let it run no more until it is resumed; nothing where it does not run."""
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if locked.state == State.ACTIVE:
        locked.set(state=State.PAUSED, next_run_at=None, next_day=None)
        _record(locked, "paused a schedule", user)


@transaction.atomic
def resume(schedule: Schedule, user: User) -> None:
    """Let it run again, in the name of the user; the times in between are past. Raises NeverRuns."""
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if locked.state == State.PAUSED:
        locked.state, locked.user = State.ACTIVE, user
        touch(locked, user)
        _plan(locked, clock.now())
        locked.save()
        _record(locked, "resumed a schedule", user)


@transaction.atomic
def end(schedule: Schedule, user: User) -> None:
    """Let it never run again; nothing where it has ended."""
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if locked.state != State.ENDED:
        locked.set(state=State.ENDED, next_run_at=None, next_day=None)
        _record(locked, "ended a schedule", user)


def follow_zones() -> None:
    """Reckon anew what was reckoned in another time zone than the one that its fleet has now.

    What is due already runs as it was planned.
    """
    active = Schedule.objects.filter(state=State.ACTIVE, next_run_at__gt=clock.now())
    wanted = Coalesce("fleet__rules__time_zone", Value(default_zone()))
    moved = active.annotate(wanted=wanted).exclude(zone=F("wanted"))
    for pk in moved.order_by("pk").values_list("pk", flat=True):
        _follow_zone(pk)


@transaction.atomic
def _follow_zone(pk: int) -> None:
    now = clock.now()
    rows = Schedule.objects.select_for_update(skip_locked=True)
    schedule = rows.filter(pk=pk, state=State.ACTIVE, next_run_at__gt=now).first()
    if schedule is not None:
        go_on(schedule, now)


def go_on(schedule: Schedule, after: datetime) -> None:
    """Plan the next time later than `after`; without one it ends. Its row is the caller's."""
    try:
        _plan(schedule, after)
    except NeverRuns:
        schedule.state, schedule.next_run_at, schedule.next_day = State.ENDED, None, None
    schedule.save(update_fields=["state", "zone", "next_run_at", "next_day"])


def _plan(schedule: Schedule, after: datetime) -> None:
    """Set when it runs next, without saving; a paused one is only tried."""
    zone = rules_of(schedule.fleet_id).zone
    planned = next_run(timing_of(schedule), after, zone)
    if planned is None:
        raise NeverRuns
    schedule.zone = zone.key
    if schedule.state == State.ACTIVE:
        schedule.next_run_at, schedule.next_day = planned.at, planned.day


def _record(schedule: Schedule, what: str, user: User) -> None:
    document = {
        "name": schedule.name,
        "remoteType": schedule.remote_type,
        "payload": schedule.payload,
        "vehicle": schedule.vehicle.vin if schedule.vehicle else None,
        "filter": schedule.filter,
        "view": schedule.view_name or None,
        "date": schedule.local_date.isoformat() if schedule.local_date else None,
        "time": schedule.local_time.isoformat(),
        "days": schedule.days,
        "starts": schedule.starts_on.isoformat() if schedule.starts_on else None,
        "ends": schedule.ends_on.isoformat() if schedule.ends_on else None,
        "missed": schedule.missed,
        "zone": schedule.zone,
    }
    about = About(schedule.public_id, schedule.fleet_id, schedule.vehicle_id)
    record_operation(about, what, actor=person(user), origin=Origin.PAGE, reason=schedule.reason, document=document)
