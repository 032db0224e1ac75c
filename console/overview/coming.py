"""What goes on in a fleet by itself: bulk commands that run, and the schedules that run next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from console.bulk.words import bulk_title, state_word
from console.schedules.words import command_title, whom_words
from fleets.models import Fleet
from fleets.words.numbers import Word
from remotes.models import BulkCommand, BulkItem, Schedule

NAMED = 3

Item = BulkItem.State


@dataclass(frozen=True)
class Running:
    """A bulk command with vehicles under way: how many have `ended` of those that are `meant`."""

    bulk: BulkCommand
    title: str
    word: Word
    ended: int
    meant: int


@dataclass(frozen=True)
class Next:
    """A schedule and when it runs next."""

    schedule: Schedule
    title: str
    whom: str
    at: datetime


@dataclass(frozen=True)
class Coming:
    """The first of both."""

    running: list[Running]
    next: list[Next]


def coming_of(fleet: Fleet) -> Coming:
    """Two statements."""
    return Coming(_running(fleet), _next(fleet))


def _running(fleet: Fleet) -> list[Running]:
    bulks = BulkCommand.objects.filter(fleet=fleet, started_at__isnull=False, finished_at__isnull=True)
    ended = Count("items", filter=Q(items__state__in=[Item.SUCCEEDED, Item.FAILED]))
    found = bulks.annotate(ended=ended, meant=Count("items", filter=~Q(items__state=Item.SKIPPED)))
    return [
        Running(bulk, bulk_title(bulk), state_word(bulk), bulk.ended, bulk.meant)
        for bulk in found.order_by("-pk")[:NAMED]
    ]


def _next(fleet: Fleet) -> list[Next]:
    active = Schedule.objects.filter(fleet=fleet, state=Schedule.State.ACTIVE, next_run_at__isnull=False)
    found = active.select_related("vehicle").defer("vehicle__state", "vehicle__capability_document")
    return [
        Next(schedule, command_title(schedule), whom_words(schedule), schedule.next_run_at)
        for schedule in found.order_by("next_run_at", "pk")[:NAMED]
        if schedule.next_run_at is not None
    ]
