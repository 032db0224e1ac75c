"""Saved views: who sees which, who may change which, and with which one the list opens."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from fleets.access import Person
from fleets.models import Fleet, Membership, SavedView
from fleets.rights import Right

# Own views a person may have in a fleet, so that a list of them stays one.
MOST = 30


def views_of(member: Membership) -> QuerySet[SavedView]:
    """The person's own views and the shared ones.

    Whoever sees some vehicles only has their own: what others look for names the vehicles that they find.
    """
    own = Q(owner=member.user_id)
    return SavedView.objects.filter(own if member.narrowed else own | Q(shared=True), fleet=member.fleet)


def may_change(member: Membership, view: SavedView) -> bool:
    """Its owner may; of a shared view every manager."""
    return view.owner_id == member.user_id or (view.shared and member.may(Right.SHARE_VIEWS))


def with_this_id(views: Sequence[SavedView], public_id: str) -> SavedView | None:
    return next((view for view in views if view.public_id == public_id), None)


def opened_by(views: Sequence[SavedView], member: Membership) -> SavedView | None:
    """The view that the list opens with: the person's choice, as long as they see it."""
    return next((view for view in views if view.pk == member.default_view_id), None)


def has_too_many(fleet: Fleet, user: Person) -> bool:
    return SavedView.objects.filter(fleet=fleet, owner=user.pk).count() >= MOST
