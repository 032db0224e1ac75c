"""Schedules for tests, and a clock that tests set."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import User
from django.utils import timezone

from campaigns.schedules import changes, running
from fleets.models import Fleet
from protocol.catalogue import COMMANDS
from remotes.finding.vehicles import VehicleFilter
from remotes.models import FleetRules, Schedule

EVERY_DAY = list(range(7))


class Clock:
    """What the time is, for all of FleetRemote."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def set(self, *parts: int) -> None:
        """To a moment in UTC."""
        self.now = datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]

    def sweep(self, *parts: int) -> None:
        """Let the sweep of this moment happen."""
        self.set(*parts)
        running.run_due()

    def sweep_until(self, *parts: int) -> None:
        """Sweep until a moment in UTC: every few minutes where something is planned soon, else every half hour."""
        end = datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]
        while self.now < end:
            soon = self.now + timedelta(minutes=31)
            is_planned = Schedule.objects.filter(next_run_at__lte=soon).exists()
            self.now = min(self.now + timedelta(minutes=4 if is_planned else 30), end)
            running.run_due()


@contextmanager
def clock_at(*parts: int) -> Iterator[Clock]:
    clock = Clock(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]
    with patch.object(timezone, "now", lambda: clock.now):
        yield clock


def live_in(fleet: Fleet, zone: str) -> None:
    FleetRules.objects.update_or_create(fleet=fleet, defaults={"time_zone": zone})


def make_schedule(fleet: Fleet, user: User, command: str = "start-climate", **values: Any) -> Schedule:
    """Every day at 07:30 for all vehicles, unless told otherwise."""
    remote_type, entry = COMMANDS[command]
    given: dict[str, Any] = {"name": "Morning", "local_time": time(7, 30), **values}
    if "local_date" in given:
        given["rhythm"] = "once"
    else:
        given = {"rhythm": "weekly", "days": EVERY_DAY, **given}
    if "vehicle" not in given:
        given.setdefault("filter", VehicleFilter().stored)
    schedule = Schedule(fleet=fleet, remote_type=remote_type.name, payload=entry.payload, **given)
    changes.make(schedule, user)
    return schedule


def told(schedule: Schedule) -> list[tuple[date, str, str]]:
    """Its runs, the first one first: the local day, the state, and why."""
    return [(run.local_date, run.state, run.why) for run in schedule.runs.order_by("pk")]
