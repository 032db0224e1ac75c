"""What waits for a second person in a fleet, with whether the one who looks can decide on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from console.approvals.waiting import Waiting
from console.vehicle.history import action_title
from fleets import proposals
from fleets.models import Fleet, Proposal
from fleets.words.why import say
from remotes.asking import break_glass
from remotes.checks import approvals
from remotes.life.awaited import Awaited, awaited_of
from remotes.models import RemoteAction, Review

MOST = 50
"""So many of each are listed."""
LATELY = 20
"""So many that were decided."""


@dataclass(frozen=True)
class Change:
    """A proposal in words; `problem`: why the one who looks can't decide on it, empty where they can."""

    proposal: Proposal
    title: str
    problem: str
    is_own: bool


@dataclass(frozen=True)
class Wanted:
    """An action that waits; `problem` as above."""

    action: RemoteAction
    title: str
    problem: str

    @property
    def awaited(self) -> Awaited | None:
        return awaited_of(self.action)


@dataclass(frozen=True)
class Looked:
    """What was sent without a second person; `problem` as above."""

    review: Review
    title: str
    problem: str


def listed(rows: Iterable[Proposal], user: User) -> list[Change]:
    return [
        Change(row, say(proposals.describe(row)), _words(proposals.why_not(row, user)), row.asked_by_id == user.pk)
        for row in rows
    ]


def changes_of(fleet: Fleet, user: User) -> dict[str, Any]:
    """For a template: `actions`, `changes` and `reviews` that wait, `decided` and `closed` lately."""
    actions = RemoteAction.objects.filter(fleet=fleet, state=RemoteAction.State.WAITING_APPROVAL)
    actions = actions.select_related("vehicle", "user", "api_client").order_by("expires_at", "pk")[:MOST]
    waiting = proposals.open_of(fleet).select_related("asked_by")[:MOST]
    rows = Proposal.objects.filter(fleet=fleet).exclude(outcome=Proposal.Outcome.OPEN)
    open_reviews = reviews_of(fleet).filter(closed_at__isnull=True).order_by("-pk")[:MOST]
    return {
        "actions": [
            Wanted(row, action_title(row), _words(approvals.why_not(row, user))) for row in _of_fleet(actions, fleet)
        ],
        "changes": listed(_of_fleet(waiting, fleet), user),
        "reviews": [_looked(row, user) for row in _of_fleet(open_reviews, fleet)],
        "decided": listed(
            _of_fleet(rows.select_related("asked_by", "decided_by").order_by("-pk")[:LATELY], fleet), user
        ),
        "closed": [
            _looked(row, user)
            for row in _of_fleet(reviews_of(fleet).filter(closed_at__isnull=False).order_by("-pk")[:LATELY], fleet)
        ],
    }


def rows_of(found: Waiting, user: User) -> dict[str, Any]:
    """For a template: what waits for the person themselves; all of it they can decide on."""
    return {
        "actions": [Wanted(row, action_title(row), "") for row in found.actions],
        "changes": listed(found.proposals, user),
        "reviews": [Looked(row, action_title(row.action), "") for row in found.reviews],
    }


def reviews_of(fleet: Fleet) -> QuerySet[Review]:
    return Review.objects.filter(fleet=fleet).select_related("action__vehicle", "by", "closed_by", "fleet")


def _looked(row: Review, user: User) -> Looked:
    return Looked(row, action_title(row.action), _words(break_glass.why_not_close(row, user)))


def _of_fleet(rows: Any, fleet: Fleet) -> Any:
    """Each with the fleet that was looked up already."""
    for row in rows:
        row.fleet = fleet
        yield row


def _words(why: Any) -> str:
    return say(why) if why else ""
