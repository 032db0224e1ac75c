"""Who answers for an API client, who may know one of its passwords, and who may change it.

An owner answers for it while they may change API clients in each of its fleets; then it is ownerless. It goes on
running so, but is trusted with nothing that needs two people (fleets/programs/trust.py).
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from fleets.access import lasting
from fleets.models import ApiClient, ApiSecret, Fleet, Membership
from fleets.rights import Right, roles_with
from fleets.storage import clock

_ROLES = roles_with(Right.CHANGE_CLIENTS)


def touched_by(client: ApiClient) -> set[int]:
    """The keys of all people who may send by this client: its owner, former ones, and whoever made a password of it.

    None of them can be the second person for what it asks for. No statement.
    """
    return {*client.known_to, *([client.owner_id] if client.owner_id is not None else [])}


def fleets_to_give(user: User) -> QuerySet[Fleet]:
    """The fleets whose API clients the person may change."""
    if user.is_superuser:
        return Fleet.objects.all()
    return Fleet.objects.filter(Exists(_changers().filter(user=user.pk, fleet=OuterRef("pk"))))


def clients_of(user: User) -> QuerySet[ApiClient]:
    """Those that use one of these fleets; an admin sees all."""
    if user.is_superuser:
        return ApiClient.objects.all()
    theirs = _places().filter(apiclient=OuterRef("pk"), fleet__in=fleets_to_give(user))
    return ApiClient.objects.filter(Exists(theirs))


def may_change(user: User, client: ApiClient) -> bool:
    """Whether the person may change API clients in each fleet of this one; only an admin may where it has none."""
    if user.is_superuser:
        return True
    fleets = client.fleets.all()
    return fleets.exists() and not fleets.exclude(pk__in=fleets_to_give(user)).exists()


def may_hand_on(user: User, client: ApiClient) -> bool:
    """Whether the person may say who owns it: an admin, its owner, and where nobody answers who may change it."""
    if user.is_superuser:
        return True
    return may_change(user, client) and (client.owner_id == user.pk or is_ownerless(client))


def possible_owners(client: ApiClient) -> QuerySet[User]:
    """Those who may change API clients in each of its fleets."""
    lacking = _lacking(OuterRef("pk"), client.pk)
    return User.objects.filter(Q(is_superuser=True) | (Exists(client.fleets.all()) & ~Exists(lacking)), is_active=True)


def answers_in(client: ApiClient, fleet_id: int) -> bool:
    """Whether its owner may change the API clients of this fleet; one statement."""
    return _may_change_in(fleet_id, client.owner_id)


def maker_answers(secret: ApiSecret, client: ApiClient, fleet_id: int) -> bool:
    """The same of whoever made this password. Where nobody is known to have (it is of before there were owners, by a
    command, or by somebody whose account is gone), all who may know one must still have an account.
    """
    if secret.made_by_id is not None:
        return _may_change_in(fleet_id, secret.made_by_id)
    return User.objects.filter(pk__in=client.known_to, is_active=True).count() == len(client.known_to)


def _may_change_in(fleet_id: int, user_id: int | None) -> bool:
    there = _changers().filter(user=OuterRef("pk"), fleet=fleet_id)
    person = User.objects.filter(pk=user_id or 0, is_active=True)
    return person.filter(Q(is_superuser=True) | Exists(there)).exists()


def is_ownerless(client: ApiClient) -> bool:
    return ownerless(ApiClient.objects.filter(pk=client.pk)).exists()


def ownerless(clients: QuerySet[ApiClient]) -> QuerySet[ApiClient]:
    """Those of them for which nobody answers."""
    answers = Q(owner__is_active=True) & (
        Q(owner__is_superuser=True) | ~Exists(_lacking(OuterRef("owner"), OuterRef("pk")))
    )
    return clients.exclude(answers)


def left_behind(secrets: QuerySet[ApiSecret]) -> QuerySet[ApiSecret]:
    """Those of them that are good still, and whose maker may not change API clients in each of the client's fleets any
    more, or can't log in.
    """
    now = clock.now()
    good = secrets.filter(Q(ends_at=None) | Q(ends_at__gt=now), ended_at=None, client__active=True)
    stays = Q(made_by__is_active=True) & (
        Q(made_by__is_superuser=True) | ~Exists(_lacking(OuterRef("made_by"), OuterRef("client")))
    )
    # Those of before there were pages say nothing of who made them, and neither do those of a command.
    return good.filter(made_by__isnull=False).exclude(stays)


def _lacking(user: Any, client: Any) -> QuerySet[Any]:
    """The client's places in fleets where the person may not change API clients."""
    theirs = _changers().filter(user=OuterRef("person"), fleet=OuterRef("fleet"))
    found: QuerySet[Any] = _places().filter(apiclient=client).annotate(person=user)
    return found.exclude(Exists(theirs))


def _changers() -> QuerySet[Membership]:
    return lasting().filter(role__in=_ROLES, narrowed=False)


def _places() -> QuerySet[Any]:
    return ApiClient.fleets.through.objects.all()
