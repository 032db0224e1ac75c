"""Who is in a fleet, or has an account at all, as the pages show it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Prefetch, QuerySet

from console.accounts.second_factor import people_with_factor
from console.accounts.sessions import last_here
from console.people.words import narrowed_words, role_name, vehicles_of_each, what_for
from fleets.access import lasting, membership_in
from fleets.approvers import current
from fleets.models import Approver, Fleet, Invitation, Membership
from fleets.people.confirming import waiting_in
from fleets.people.giving import grant_of, why_more
from fleets.people.invitations import open_ones
from fleets.rights import ROLES, Right
from fleets.storage import clock

# People on a page.
PAGE = 100


@dataclass(frozen=True)
class Person:
    """A member of a fleet. `say` is how it stands with their approving: yes, asked, no, or empty where their role has
    none.
    """

    member: Membership
    role: str
    narrowed: list[str]
    ends_at: datetime | None
    seen: datetime | None
    has_factor: bool
    say: str
    has_ended: bool
    changeable: bool


@dataclass(frozen=True)
class Place:
    """A fleet that somebody is in; `is_limited`: as less than their role, or for some time."""

    fleet: Fleet
    role: str
    is_limited: bool


@dataclass(frozen=True)
class Account:
    """Somebody who can log in, or could; `places` are the fleets that they are in."""

    user: User
    places: list[Place]
    seen: datetime | None
    has_factor: bool
    say: str


@dataclass(frozen=True)
class Invited:
    """An invitation that is open or has ended lately; `is_open` where its link still lets in."""

    row: Invitation
    role: str
    what: str
    narrowed: list[str]
    is_open: bool


def people_of(fleet: Fleet, by: User, start: int) -> list[Person]:
    """The page's members, by name, those too whose time is over; `by` looks. The statements are not more for many."""
    rows = Membership.objects.filter(fleet=fleet).select_related("user", "fleet").annotate(number=vehicles_of_each())
    members = list(rows.order_by("user__username")[start : start + PAGE + 1])
    keys, mine = [row.user_id for row in members], membership_in(by, fleet.pk)
    seen, says, factors, now = last_here(keys), _says(fleet, keys), with_factor(keys), clock.now()
    return [
        Person(
            member=row,
            role=role_name(row.role),
            narrowed=narrowed_words(grant_of(row), vars(row)["number"] if row.narrowed else None),
            ends_at=row.ends_at,
            seen=seen.get(row.user_id, row.user.last_login),
            has_factor=row.user_id in factors,
            say=says.get(row.user_id, "no") if row.may(Right.APPROVE) else "",
            has_ended=row.ends_at is not None and row.ends_at <= now,
            changeable=row.user_id == by.pk or (mine is not None and why_more(mine, fleet, grant_of(row)) is None),
        )
        for row in members
    ]


def with_factor(keys: Collection[int]) -> set[int]:
    """Those of the people who have a second factor."""
    return set(people_with_factor().filter(user_id__in=keys).values_list("user_id", flat=True))


def _says(fleet: Fleet | None, keys: Collection[int]) -> dict[int, str]:
    return says_of(current().filter(fleet=fleet, user__in=keys), waiting_in(fleet))


def says_of(rows: Iterable[Approver], asked: Collection[int]) -> dict[int, str]:
    """By the person's key; `asked` are keys of rows whose confirmation is asked for."""
    return {
        row.user_id: "yes" if row.confirmed_at else "asked" if row.pk in asked else "no"
        for row in rows
        if row.user_id is not None
    }


def accounts(start: int) -> list[Account]:
    """All accounts, the admins first, then by name."""
    places = Prefetch("memberships", lasting().select_related("fleet").order_by("fleet__name"), to_attr="places")
    users = User.objects.order_by("-is_superuser", "-is_active", "username").prefetch_related(places)
    found = list(users[start : start + PAGE + 1])
    keys = [user.pk for user in found]
    seen, says, factors = last_here(keys), _says(None, keys), with_factor(keys)
    return [
        Account(
            user=user,
            places=[_place(row) for row in vars(user)["places"]],
            seen=seen.get(user.pk, user.last_login),
            has_factor=user.pk in factors,
            say=says.get(user.pk, "no") if user.is_superuser else "",
        )
        for user in found
    ]


def _place(row: Membership) -> Place:
    whole = ROLES[row.role]
    limited = bool(whole.rights - row.rights or whole.remote_types - row.sends)
    return Place(row.fleet, role_name(row.role), limited or row.narrowed or row.ends_at is not None)


def invitations_of(fleet: Fleet | None) -> list[Invited]:
    """Those for the fleet (None: all) that were neither accepted nor withdrawn, the newest first."""
    rows: QuerySet[Invitation] = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    if fleet is not None:
        rows = rows.filter(fleets=fleet)
    rows = rows.select_related("invited_by").prefetch_related("fleets").annotate(number=Count("vehicles"))
    open_keys = set(open_ones().values_list("pk", flat=True))
    return [
        Invited(
            row=row,
            role=role_name(row.role),
            what=what_for(row),
            narrowed=narrowed_words(grant_of(row), vars(row)["number"] or None),
            is_open=row.pk in open_keys,
        )
        for row in rows[:PAGE]
    ]
