"""What a person may see: the fleets that they belong to, and the vehicles in them."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from fleets.models import Fleet, Membership, Vehicle

Person = User | AnonymousUser


def fleets_of(user: Person) -> QuerySet[Fleet]:
    return Fleet.objects.filter(memberships__user_id=user.pk or 0)


def vehicles_of(user: Person) -> QuerySet[Vehicle]:
    return Vehicle.objects.filter(fleet__memberships__user_id=user.pk or 0)


def may_command(user: Person, fleet: Fleet) -> bool:
    membership = Membership.objects.filter(user_id=user.pk or 0, fleet=fleet).first()
    return membership is not None and membership.may_command
