"""Forgets positions in what was asked for and in what was notified, once it is older than settings.POSITION_DAYS."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from fleets.privacy.places import forget_in_column, walk
from fleets.storage import clock
from fleets.storage.kept import positions_before
from remotes.models import BulkCommand, RemoteAction, RemoteEvent, Schedule, ScheduleRun


def forget() -> None:
    """Where a vehicle was sent to, and what events told of where it is. Saved commands and live schedules stay."""
    before = positions_before(clock.now())
    if before is None:
        return

    def is_over(at: datetime | None) -> bool:
        return at is not None and at < before

    walk("actions", RemoteAction.objects.order_by(), ["finished_at"], is_over, _forget_in_actions)
    walk("events", RemoteEvent.objects.all(), ["received_at"], is_over, _forget_in_events)
    with transaction.atomic():
        _forget_in_actions(BulkCommand.objects.filter(finished_at__lt=before))
        later = ScheduleRun.objects.filter(schedule=OuterRef("pk"), at__gte=before)
        ended = Schedule.objects.filter(~Exists(later), state=Schedule.State.ENDED, created_at__lt=before)
        _forget_in_actions(ended)


def _forget_in_actions(rows: QuerySet[Any]) -> None:
    forget_in_column(rows, "payload")
    forget_in_column(rows, "extra")


def _forget_in_events(rows: QuerySet[RemoteEvent]) -> None:
    forget_in_column(rows.exclude(extra={}), "extra")
