"""What a person may see: the fleets that they belong to, and the vehicles in them."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import Http404

from fleets.models import Fleet, Membership, Vehicle

Person = User | AnonymousUser


def fleets_of(user: Person) -> QuerySet[Fleet]:
    return Fleet.objects.filter(memberships__user_id=user.pk or 0)


def vehicles_of(user: Person) -> QuerySet[Vehicle]:
    return Vehicle.objects.filter(fleet__memberships__user_id=user.pk or 0)


def member_of(user: Person, fleet_id: str, *also: str) -> Membership:
    """The person's membership with its fleet, and what else is to be read along; a 404 where they have none."""
    rows = Membership.objects.select_related("fleet", *also)
    found = rows.filter(user_id=user.pk or 0, fleet__public_id=fleet_id).first()
    if found is None:
        raise Http404
    return found


def may_command(user: Person, fleet: Fleet) -> bool:
    membership = Membership.objects.filter(user_id=user.pk or 0, fleet=fleet).first()
    return membership is not None and membership.may_command
