"""What a person may see and do: the fleets that they belong to, the vehicles in them, and their rights there.

A membership counts until it ends; a superuser is an admin in every fleet without one. Each door of a fleet asks here
(pages: console/rights.py), and a sending once more right before it goes out (`SENDER_SQL`).
"""

from typing import cast

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now
from django.http import Http404

from fleets.models import Fleet, Membership, MembershipVehicle, Vehicle
from fleets.rights import ADMIN, OF_NARROWED, ROLES, Right, roles_that_send, roles_with
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


def fleets_where(user: Person, right: Right) -> QuerySet[Fleet]:
    """Those in which they have the right."""
    if user.is_superuser:
        return Fleet.objects.all()
    return Fleet.objects.filter(Exists(_with(right).filter(user_id=user.pk or 0, fleet=OuterRef("pk"))))


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
    return only_seen(Vehicle.objects.filter(fleet=member.fleet_id), member)


def only_seen(vehicles: QuerySet[Vehicle], member: Membership) -> QuerySet[Vehicle]:
    """Of these vehicles of the member's fleet those that they may see."""
    if not member.narrowed:
        return vehicles
    return vehicles.filter(pk__in=MembershipVehicle.objects.filter(membership=member).values("vehicle"))


def seen_in(fleet: Fleet) -> QuerySet[Vehicle]:
    """Those of a fleet that was looked up for somebody (`member_of`) that this person may see; else none."""
    return Vehicle.objects.none() if fleet.own_member is None else vehicles_for(fleet.own_member)


def is_narrowed(fleet: Fleet) -> bool:
    """Whether the person that the fleet was looked up for sees some of its vehicles only."""
    return fleet.own_member is None or fleet.own_member.narrowed


def member_of(user: Person, fleet_id: str, *also: str) -> Membership:
    """The person's membership with its fleet, and what else is to be read along; a 404 where they have none.

    An admin's has the role `admin`: it is not to be saved, and stands in the database only where they are a member too.
    """
    rows = with_mark_of_fleet(lasting().select_related("fleet", *also))
    rows = cast("QuerySet[Membership]", rows.annotate(zone=F("fleet__rules__time_zone")))
    found = rows.filter(user_id=user.pk or 0, fleet__public_id=fleet_id).first()
    if user.is_superuser:
        found = _admins(user, fleet_id, found, *also)
    if found is None:
        raise Http404
    found.fleet.is_simulated = vars(found).get("fleet_is_simulated", found.fleet.is_simulated)
    found.fleet.own_role, found.fleet.own_member = found.role, found
    found.fleet.zone_name = vars(found).get("zone", found.fleet.zone_name)
    return found


def _admins(user: Person, fleet_id: str, found: Membership | None, *also: str) -> Membership | None:
    if found is None:
        with_it = [name.removeprefix("fleet__") for name in also if name.startswith("fleet__")]
        fleets = with_mark(Fleet.objects.select_related(*with_it).annotate(zone_name=F("rules__time_zone")))  # type: ignore[no-redef]
        fleet = fleets.filter(public_id=fleet_id).first()
        return None if fleet is None else Membership(user_id=user.pk or 0, fleet=fleet, role=ADMIN)
    found.role, found.narrowed, found.remote_types, found.positions = ADMIN, False, [], "role"
    return found


def membership_in(user: Person, fleet_id: int) -> Membership | None:
    """The person's in the fleet of this primary key, as `member_of` has it, without its fleet; None: they have none."""
    if not user.is_active:
        return None
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
    members = _with(right).filter(fleet=fleet_id, user=OuterRef("pk"))
    return User.objects.filter(Q(is_superuser=True) | Exists(members), is_active=True)


def _with(right: Right) -> QuerySet[Membership]:
    """The lasting memberships that have the right: Membership.rights in SQL."""
    by_role = Q(role__in=roles_with(right))
    if right is Right.SEE_POSITIONS:
        by_role = Q(positions="yes") | (by_role & Q(positions="role"))
    return lasting().filter(by_role) if right in OF_NARROWED else lasting().filter(by_role, narrowed=False)


def who_may_send(fleet_id: int, remote_type: str) -> QuerySet[User]:
    """Those who may send this type (catalogue name) to vehicles of the fleet and can log in; narrowed ones to some."""
    members = lasting().filter(fleet=fleet_id, role__in=roles_that_send(remote_type), user=OuterRef("pk"))
    members = members.filter(Q(remote_types=[]) | Q(remote_types__contains=[remote_type]))
    return User.objects.filter(Q(is_superuser=True) | Exists(members), is_active=True)


def _types_by_role() -> str:
    roles = {name: role for name, role in ROLES.items() if role.remote_types and name != ADMIN}
    return " ".join(f"WHEN '{name}' THEN ARRAY{sorted(role.remote_types)}" for name, role in roles.items())


SENDER_SQL = f"""EXISTS (
    SELECT FROM auth_user sender
    LEFT JOIN fleets_membership membership
        ON membership.user_id = sender.id AND membership.fleet_id = action.fleet_id
        AND (membership.ends_at IS NULL OR membership.ends_at > now())
    WHERE sender.id = action.user_id AND sender.is_active AND (
        sender.is_superuser OR (
            action.remote_type = ANY(CASE membership.role {_types_by_role()} END)
            AND (membership.remote_types = '{{}}' OR action.remote_type = ANY(membership.remote_types))
            AND (NOT membership.narrowed OR EXISTS (
                SELECT FROM fleets_membershipvehicle seen
                WHERE seen.membership_id = membership.id AND seen.vehicle_id = action.vehicle_id
            ))
        )
    )
)"""  # noqa: S608
"""Whether the person of the row `action` may send its type to its vehicle now: `may_send`, inside a statement."""
