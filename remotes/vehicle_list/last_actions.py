"""The last action of each of many vehicles: how it ended, as a condition; and as a row of a list shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from fleets.models import Vehicle
from fleets.words import Word
from remotes.explain.texts import cause_words
from remotes.history import title_of
from remotes.models import RemoteAction
from remotes.standing import CONDITIONS, Outcome
from remotes.words import present_word

# How a vehicle stands that was never asked for anything.
NONE = "none"
OUTCOMES = [*Outcome.choices, (NONE, _("No action yet"))]


@dataclass(frozen=True)
class LastAction:
    """`cause` says in words why it failed."""

    title: str
    word: Word
    status: str
    cause: str
    at: datetime


_OUTCOME = Case(
    *[When(condition, then=Value(outcome)) for outcome, condition in CONDITIONS.items()],
    output_field=CharField(),
)


def last_key() -> Subquery:
    """The primary key of a vehicle's last action: one probe of the index action_history a vehicle."""
    return Subquery(_newest().values("pk")[:1])


def with_outcome(vehicles: QuerySet[Vehicle], outcome: str) -> QuerySet[Vehicle]:
    """Those whose last action stands so."""
    if outcome == NONE:
        return vehicles.alias(last_key=last_key()).filter(last_key__isnull=True)
    found = Subquery(_newest().annotate(outcome=_OUTCOME).values("outcome")[:1])
    return vehicles.alias(last_outcome=found).filter(last_outcome=outcome)


def with_cause(vehicles: QuerySet[Vehicle], cause: str) -> QuerySet[Vehicle]:
    """Those whose last action failed with this cause, a word of the protocol."""
    failed = with_outcome(vehicles, Outcome.FAILED)
    return failed.alias(last_cause=Subquery(_newest().values("failure_cause")[:1])).filter(last_cause=cause)


def last_actions(vehicles: Iterable[Vehicle]) -> dict[int, LastAction]:
    """By the vehicle's primary key: one statement, however many vehicles. Those without an action are left out."""
    ids = [vehicle.pk for vehicle in vehicles]
    keys = Vehicle.objects.filter(pk__in=ids).order_by().values_list(last_key())
    columns = ["vehicle", "remote_type", "payload", "state", "status", "failure_cause", "created_at"]
    actions = RemoteAction.objects.filter(pk__in=keys).order_by().only(*columns)
    return {action.vehicle_id: _last_action(action) for action in actions}


def _newest() -> QuerySet[RemoteAction]:
    return RemoteAction.objects.filter(vehicle=OuterRef("pk")).order_by("-pk")


def _last_action(action: RemoteAction) -> LastAction:
    cause = action.failure_cause or ""
    return LastAction(
        title=title_of(action),
        word=present_word(action.state, action.status),
        status=action.status or action.state,
        cause=str(cause_words(cause).text) or cause,
        at=action.created_at,
    )
