"""What waits for one person's decision, over all fleets in which their say counts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from fleets import proposals
from fleets.access import lasting
from fleets.approvers import confirmed
from fleets.models import Fleet, Proposal
from fleets.rights import Right, roles_with
from remotes.models import RemoteAction, Review

MOST = 50
"""So many of each are told of; who has more of them opens the page."""


@dataclass(frozen=True)
class Waiting:
    """All that waits for the person, what ends first in front."""

    actions: list[RemoteAction]
    proposals: list[Proposal]
    reviews: list[Review]

    @property
    def count(self) -> int:
        return len(self.actions) + len(self.proposals) + len(self.reviews)


def fleets_to_decide_in(user: User) -> list[int]:
    """The fleets (primary keys) in which the person's say counts as a second person's. One statement."""
    rows = confirmed().filter(user=user)
    members = lasting().filter(user=user, narrowed=False, role__in=roles_with(Right.APPROVE), fleet=OuterRef("pk"))
    allowed = Q(Exists(rows.filter(fleet=OuterRef("pk")))) & Q(Exists(members))
    if user.is_superuser:
        allowed |= Q(Exists(rows.filter(fleet=None)))
    return list(Fleet.objects.filter(allowed).order_by().values_list("pk", flat=True))


def waiting_for(user: User, fleets: Collection[int]) -> Waiting:
    """What the person can decide on in these fleets. Three statements."""
    changes = proposals.waiting_for(user, fleets).select_related("fleet", "asked_by")
    return Waiting(list(actions_for(user, fleets)[:MOST]), list(changes[:MOST]), list(reviews_for(user, fleets)[:MOST]))


def actions_for(user: User, fleets: Collection[int]) -> QuerySet[RemoteAction]:
    """Actions that wait for a second person, and that this one had no hand in."""
    rows = RemoteAction.objects.filter(
        state=RemoteAction.State.WAITING_APPROVAL, fleet__in=fleets, expires_at__gt=Now()
    )
    return (
        _without(rows, "", user).select_related("fleet", "vehicle", "user", "api_client").order_by("expires_at", "pk")
    )


def reviews_for(user: User, fleets: Collection[int]) -> QuerySet[Review]:
    """What was sent without a second person, and that this one had no hand in."""
    rows = Review.objects.filter(fleet__in=fleets, closed_at__isnull=True).exclude(by=user)
    return _without(rows, "action__", user).select_related("fleet", "action__vehicle", "by").order_by("pk")


def _without(rows: QuerySet[Any], of: str, user: User) -> QuerySet[Any]:
    """Those that the person neither asked for nor had a hand in; `user` may be null, which is nobody."""
    asked = Q(**{f"{of}user": user}) & Q(**{f"{of}user__isnull": False})
    return rows.exclude(asked | Q(**{f"{of}touched_by__contains": [user.pk]}))
