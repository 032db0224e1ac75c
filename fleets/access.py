"""What a person may see and do: the fleets that they belong to, the vehicles in them, and their rights there."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, QuerySet
from django.http import Http404

from fleets.models import Fleet, Membership, Vehicle
from fleets.rights import Right, roles_with
from fleets.simulated import with_mark, with_mark_of_fleet

Person = User | AnonymousUser


def fleets_of(user: Person) -> QuerySet[Fleet]:
    """Theirs, each with their `own_role` in it and the mark of those that are simulated."""
    theirs = Fleet.objects.filter(memberships__user_id=user.pk or 0)
    return with_mark(theirs.annotate(own_role=F("memberships__role")))  # type: ignore[no-redef]


def vehicles_of(user: Person) -> QuerySet[Vehicle]:
    return Vehicle.objects.filter(fleet__memberships__user_id=user.pk or 0)


def member_of(user: Person, fleet_id: str, *also: str) -> Membership:
    """The person's membership with its fleet, and what else is to be read along; a 404 where they have none."""
    rows = with_mark_of_fleet(Membership.objects.select_related("fleet", *also))
    found = rows.filter(user_id=user.pk or 0, fleet__public_id=fleet_id).first()
    if found is None:
        raise Http404
    found.fleet.is_simulated = vars(found)["fleet_is_simulated"]
    found.fleet.own_role = found.role
    return found


def may(user: Person, fleet: Fleet, right: Right) -> bool:
    membership = Membership.objects.filter(user_id=user.pk or 0, fleet=fleet).first()
    return membership is not None and membership.may(right)


def who_may(fleet_id: int, right: Right) -> QuerySet[Membership]:
    """The memberships of those who have the right in the fleet, and can log in."""
    return Membership.objects.filter(fleet=fleet_id, role__in=roles_with(right), user__is_active=True)
