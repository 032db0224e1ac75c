"""What a person may see and do: the fleets that they belong to, the vehicles in them, and their rights there.

A membership counts until it ends; a superuser is an admin in every fleet without one.
"""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now
from django.http import Http404

from fleets.models import Fleet, Membership, MembershipVehicle, Vehicle
from fleets.rights import ADMIN, OF_NARROWED, Right, roles_with
from fleets.simulated import with_mark, with_mark_of_fleet

Person = User | AnonymousUser


def lasting() -> QuerySet[Membership]:
    """The memberships that have not ended."""
    return Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()))


def fleets_of(user: Person) -> QuerySet[Fleet]:
    """Theirs, each with their `own_role` in it and the mark of those that are simulated."""
    if user.is_superuser:
        return with_mark(Fleet.objects.annotate(own_role=Value(ADMIN)))  # type: ignore[no-redef]
    theirs = Fleet.objects.filter(
        Q(memberships__ends_at=None) | Q(memberships__ends_at__gt=Now()), memberships__user_id=user.pk or 0
    )
    return with_mark(theirs.annotate(own_role=F("memberships__role")))  # type: ignore[no-redef]


def vehicles_of(user: Person) -> QuerySet[Vehicle]:
    """Those that they may see."""
    if user.is_superuser:
        return Vehicle.objects.all()
    theirs = lasting().filter(user_id=user.pk or 0)
    whole = theirs.filter(narrowed=False, fleet=OuterRef("fleet"))
    some = MembershipVehicle.objects.filter(
        membership__in=theirs.filter(narrowed=True), membership__fleet=OuterRef("fleet"), vehicle=OuterRef("pk")
    )
    return Vehicle.objects.filter(Exists(whole) | Exists(some))


def vehicles_for(member: Membership) -> QuerySet[Vehicle]:
    """Those of the fleet that this member may see."""
    rows = Vehicle.objects.filter(fleet=member.fleet_id)
    return (
        rows.filter(pk__in=MembershipVehicle.objects.filter(membership=member).values("vehicle"))
        if (member.narrowed)
        else rows
    )


def member_of(user: Person, fleet_id: str, *also: str) -> Membership:
    """The person's membership with its fleet, and what else is to be read along; a 404 where they have none.

    An admin's has the role `admin`: it is not to be saved, and stands in the database only where they are a member too.
    """
    rows = with_mark_of_fleet(lasting().select_related("fleet", *also))
    found = rows.filter(user_id=user.pk or 0, fleet__public_id=fleet_id).first()
    if user.is_superuser:
        found = _admins(user, fleet_id, found, *also)
    if found is None:
        raise Http404
    found.fleet.is_simulated = vars(found).get("fleet_is_simulated", found.fleet.is_simulated)
    found.fleet.own_role = found.role
    return found


def _admins(user: Person, fleet_id: str, found: Membership | None, *also: str) -> Membership | None:
    if found is None:
        with_it = [name.removeprefix("fleet__") for name in also if name.startswith("fleet__")]
        fleet = with_mark(Fleet.objects.select_related(*with_it)).filter(public_id=fleet_id).first()
        return None if fleet is None else Membership(user_id=user.pk or 0, fleet=fleet, role=ADMIN)
    found.role, found.narrowed, found.remote_types, found.positions = ADMIN, False, [], "role"
    return found


def membership_in(user: Person, fleet_id: int) -> Membership | None:
    """The person's in the fleet of this primary key, as `member_of` has it, without its fleet; None: they have none."""
    if user.is_superuser:
        return Membership(user_id=user.pk, fleet_id=fleet_id, role=ADMIN)
    return lasting().filter(user_id=user.pk or 0, fleet=fleet_id).first()


def may(user: Person, fleet: Fleet, right: Right) -> bool:
    membership = membership_in(user, fleet.pk)
    return membership is not None and membership.may(right)


def may_send(user: Person, vehicle: Vehicle, remote_type: str) -> bool:
    """Whether they may send this type (catalogue name) to this vehicle."""
    membership = membership_in(user, vehicle.fleet_id)
    if membership is None or not membership.may_send(remote_type):
        return False
    return not membership.narrowed or vehicles_for(membership).filter(pk=vehicle.pk).exists()


def sees_positions(user: Person, fleet: Fleet) -> bool:
    """Whether they may see where the fleet's vehicles are; which vehicles they see at all is another question."""
    return may(user, fleet, Right.SEE_POSITIONS)


def who_may(fleet_id: int, right: Right) -> QuerySet[User]:
    """Those who have the right in the fleet and can log in, admins too."""
    members = lasting().filter(fleet=fleet_id, role__in=roles_with(right), user=OuterRef("pk"))
    if right not in OF_NARROWED:
        members = members.filter(narrowed=False)
    if right is Right.SEE_POSITIONS:
        members = (
            lasting()
            .filter(fleet=fleet_id, user=OuterRef("pk"))
            .filter(Q(positions="yes") | Q(positions="role", role__in=roles_with(right)))
        )
    return User.objects.filter(Q(is_superuser=True) | Exists(members), is_active=True)
