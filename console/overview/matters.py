"""How many things need you in each of a person's fleets: the lines under "Needs you now" of its overview.

Not those of a second person: they are counted for whoever can decide (console/approvals/waiting.py). Nor what has a
notice on each page, and what is only told there: messages about actions of others, API clients that nobody owns.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from alerts.rhythm import SECOND_PERSON_KINDS
from callbacks.models import Callback
from fleets.access import fleets_where
from fleets.models import CALLBACK_FAILED, Fleet, LeftOut, UpstreamFleet, Vehicle
from fleets.rights import Right
from remotes.counts.conditions import CONDITIONS, LATELY, Standing, is_left
from remotes.intake.unread import unread
from remotes.life.lateness import is_late
from remotes.models import Alert, RemoteAction

MOST = 50
"""So many fleets are told of."""


def matters_of(user: User, now: datetime) -> QuerySet[Fleet, Any]:
    """The fleets that the person sees wholly in which something needs you, each with its number of `matters`.

    One statement; each kind is looked for until the first is found, however many there are.
    """
    found = [Case(When(Exists(rows), then=1), default=0) for rows in _kinds(user, now)]
    number = sum(found, start=Value(0, output_field=IntegerField()))
    return fleets_where(user, Right.LOOK_ALL).annotate(matters=number).filter(matters__gt=0).order_by("name")[:MOST]


def _kinds(user: User, now: datetime) -> list[QuerySet[Any]]:
    """As console/overview/needs.py counts them."""
    of_fleet: dict[str, Any] = {"fleet": OuterRef("pk")}
    actions = RemoteAction.objects.filter(**of_fleet)
    failed = actions.filter(CONDITIONS[Standing.FAILED], finished_at__gte=now - LATELY)
    alerts = Alert.objects.filter(Q(**of_fleet) | Q(fleet__isnull=True), cleared_at__isnull=True)
    return [
        failed.alias(was_left=is_left()).filter(was_left=True),
        actions.filter(CONDITIONS[Standing.UNKNOWN]),
        actions.filter(is_late(now)),
        alerts.exclude(kind__in=SECOND_PERSON_KINDS),
        Callback.objects.filter(**of_fleet, deleted_at__isnull=True, status=Callback.Status.FAILED),
        Vehicle.objects.filter(**of_fleet, state_problem__isnull=False, gone_at__isnull=True),
        unread(OuterRef("pk")),
        LeftOut.objects.filter(**of_fleet, fleet__in=fleets_where(user, Right.CHANGE_VEHICLES)),
        UpstreamFleet.objects.filter(CALLBACK_FAILED, **of_fleet, gone_at__isnull=True),
    ]
