"""Changes what people may do in a fleet, and who is an admin: in one transaction with what speaks against it.

Two at once on the same fleet wait for one another, so that two managers can't remove each other and leave nobody.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from fleets.access import lasting, may
from fleets.models import Fleet, Membership
from fleets.narrowing import narrow, widen
from fleets.people import codes
from fleets.people.giving import Grant, grant_of, why_not_give
from fleets.rights import Right, roles_with
from protocol.why import SaysWhy, Why


class NotChanged(SaysWhy):
    """Nothing was changed."""


@transaction.atomic
def change(member: Membership, grant: Grant, by: User) -> Membership:
    """The membership as it is from now on. Raises NotChanged."""
    now = _locked(member, by)
    why = why_not_give(by, now.fleet, grant)
    if why is not None:
        raise NotChanged(why)
    _check_last_manager(now, grant.meant, by)
    for name, value in grant.values.items():
        setattr(now, name, value)
    put(now, grant)
    return now


def put(row: Membership, grant: Grant) -> None:
    """Save the membership with these vehicles, or with all."""
    # Whoever is to see some vehicles never sees all of them, not for a moment either.
    row.narrowed, row.narrowed_filter = grant.narrowed, None
    row.save()
    if grant.narrowed:
        narrow(row, filter=grant.narrowed_filter, vehicles=grant.vehicles)
    else:
        widen(row)


@transaction.atomic
def remove(member: Membership, by: User) -> None:
    """Take the fleet from the person. Raises NotChanged."""
    now = _locked(member, by)
    _check_last_manager(now, None, by)
    now.delete()


def why_not_change(member: Membership, by: User) -> Why | None:
    """Why they can't change it at all, into whatever; their own they may give up or lessen."""
    if not by.is_active or not may(by, member.fleet, Right.CHANGE_PEOPLE):
        return Why(codes.NOT_YOURS, fleet=member.fleet.name)
    if member.user_id == by.pk or why_not_give(by, member.fleet, grant_of(member)) is None:
        return None
    return Why(codes.HAS_MORE, person=member.user.get_username(), fleet=member.fleet.name)


def _locked(member: Membership, by: User) -> Membership:
    """The row as it is now, while nobody else changes people of its fleet."""
    Fleet.objects.select_for_update(no_key=True).get(pk=member.fleet_id)
    now = Membership.objects.select_related("fleet", "user").filter(pk=member.pk).first()
    if now is None:
        raise NotChanged(Why(codes.IS_GONE))
    why = why_not_change(now, by)
    if why is not None:
        raise NotChanged(why)
    return now


def _check_last_manager(now: Membership, later: Membership | None, by: User) -> None:
    """An admin may leave a fleet without managers: admins are left."""
    if by.is_superuser or not _manages(now) or (later is not None and _manages(later)):
        return
    others = lasting().filter(fleet=now.fleet_id, narrowed=False, ends_at=None, user__is_active=True)
    if not others.filter(role__in=roles_with(Right.CHANGE_PEOPLE)).exclude(pk=now.pk).exists():
        raise NotChanged(Why(codes.LAST_MANAGER, person=now.user.get_username(), fleet=now.fleet.name))


def _manages(row: Membership) -> bool:
    return row.may(Right.CHANGE_PEOPLE) and row.ends_at is None


@transaction.atomic
def set_admin(user: User, is_admin: bool, by: User) -> None:
    """Make an admin of the person, or take that away; `by` is an admin. Raises NotChanged."""
    now = _locked_account(user, by)
    if now.is_superuser != is_admin or now.is_staff != is_admin:
        now.is_superuser = now.is_staff = is_admin
        now.save(update_fields=["is_superuser", "is_staff"])


@transaction.atomic
def set_active(user: User, is_active: bool, by: User) -> None:
    """Let the person log in, or no more; `by` is an admin. Raises NotChanged."""
    now = _locked_account(user, by)
    if now.is_active != is_active:
        now.is_active = is_active
        now.save(update_fields=["is_active"])


def _locked_account(user: User, by: User) -> User:
    """The person's row, with those of all admins: of two who act on one another one comes first."""
    rows = User.objects.select_for_update(no_key=True).filter(Q(is_superuser=True) | Q(pk=user.pk)).order_by("pk")
    found = {row.pk: row for row in rows}
    doing = found.get(by.pk)
    if doing is None or not doing.is_superuser or not doing.is_active:
        raise NotChanged(Why(codes.ADMINS_ONLY))
    if user.pk == by.pk:
        raise NotChanged(Why(codes.ONESELF))
    if user.pk not in found:
        raise NotChanged(Why(codes.IS_GONE))
    return found[user.pk]
