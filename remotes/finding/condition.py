"""How a vehicle stands, in one of four ways: what a map shows of it by colour and form.

It needs you where it is stolen or its alarm was set off, and where the overview says so of one of its actions: its
outcome is unknown, it is late or waits for a second person, or it failed lately and was not tried again.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Case, IntegerChoices, IntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from fleets.storage import clock
from remotes.counts.conditions import CONDITIONS, LATELY, Standing, is_left
from remotes.counts.tally import ROWS
from remotes.finding.marks import SILENT
from remotes.life.lateness import UNDER_WAY, is_late
from remotes.models import RemoteAction


class Condition(IntegerChoices):
    """The gravest first."""

    NEEDS = 0, _("Needs you")
    SILENT = 1, _("Not heard of")
    UNDER_WAY = 2, _("Under way")
    FINE = 3, _("Fine")


def condition(fleets: Collection[int]) -> Case:
    """That of each vehicle of these fleets, by primary keys."""
    actions = RemoteAction.objects.filter(fleet__in=fleets).order_by()
    waiting = CONDITIONS[Standing.UNKNOWN] | CONDITIONS[Standing.APPROVAL] | is_late(clock.now())
    needs = Q(pk__in=_of(actions.filter(waiting))) | Q(pk__in=_of(_left(actions)))
    silent = Q(heard_at__isnull=True) | Q(heard_at__lt=clock.now() - SILENT)
    return Case(
        When(Q(is_stolen=True) | Q(has_alarm=True) | needs, then=Value(Condition.NEEDS)),
        When(pk__in=_of(actions.filter(state__in=UNDER_WAY)), then=Value(Condition.UNDER_WAY)),
        When(silent | Q(state_problem__isnull=False) | Q(gone_at__isnull=False), then=Value(Condition.SILENT)),
        default=Value(Condition.FINE),
        output_field=IntegerField(),
    )


def _left(actions: QuerySet[RemoteAction]) -> QuerySet[RemoteAction]:
    """Those that failed lately and were not tried again, among the newest ROWS that ended: as the overview has it."""
    since = clock.now() - LATELY
    ended = actions.filter(finished_at__gte=since).order_by("-finished_at")
    # Not by their keys: joining 10,000 of them would take most of the time.
    oldest = Subquery(ended.values("finished_at")[ROWS : ROWS + 1])
    # The first of both is a value, by which the statement's plan goes.
    failed = ended.order_by().filter(CONDITIONS[Standing.FAILED], finished_at__gte=Coalesce(oldest, since))
    return failed.alias(was_left=is_left()).filter(was_left=True)


def _of(actions: QuerySet[RemoteAction]) -> QuerySet[Any, Any]:
    return actions.values("vehicle")
