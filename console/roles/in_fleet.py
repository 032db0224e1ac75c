"""Who may what in a fleet: its people, admins, and the services that use its API."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from console.people.words import narrowed_words, role_name, vehicles_of_each
from console.vehicle.history import name_of
from fleets.access import lasting
from fleets.approvers import approvers_of
from fleets.models import Fleet
from fleets.people.giving import grant_of
from fleets.programs.trust import trusted_of
from fleets.rights import ADMIN, Right
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of


@dataclass(frozen=True)
class PersonRow:
    """Somebody who may something now. `narrowed`: what their role is narrowed to; `ends_at` None: it does not end.

    `unconfirmed`: they would approve, once another person has confirmed them.
    """

    name: str
    role: str
    narrowed: list[str]
    ends_at: datetime | None
    approves: bool
    unconfirmed: bool


@dataclass(frozen=True)
class ClientRow:
    """A service. `types`: the titles of what it may send, empty for all; `alone`: of what it may without a person."""

    name: str
    types: list[str]
    alone: list[str]
    sees_positions: bool


def people_in(fleet: Fleet) -> list[PersonRow]:
    """By name, the admins of all fleets last: three statements."""
    approvers = set(approvers_of(fleet).values_list("pk", flat=True))
    members = lasting().filter(fleet=fleet, user__is_active=True, user__is_superuser=False).select_related("user")
    rows = [
        PersonRow(
            name=name_of(row.user),
            role=role_name(row.role),
            narrowed=narrowed_words(grant_of(row), vars(row)["number"] if row.narrowed else None),
            ends_at=row.ends_at,
            approves=row.user_id in approvers,
            unconfirmed=row.may(Right.APPROVE) and row.user_id not in approvers,
        )
        for row in members.annotate(number=vehicles_of_each()).order_by("user__username")
    ]
    admins = User.objects.filter(is_superuser=True, is_active=True).order_by("username")
    return rows + [
        PersonRow(name_of(each), role_name(ADMIN), [], None, each.pk in approvers, each.pk not in approvers)
        for each in admins
    ]


def clients_in(fleet: Fleet) -> list[ClientRow]:
    """By name, those that are on: two statements."""
    trusted: dict[int, list[str]] = {}
    for trust in trusted_of(fleet):
        trusted.setdefault(trust.client_id, []).append(trust.remote_type)
    return [
        ClientRow(
            name=client.name,
            types=_titles(client.remote_types),
            alone=_titles(trusted.get(client.pk, [])),
            sees_positions=client.sees_positions,
        )
        for client in fleet.api_clients.filter(active=True).order_by("name")
    ]


def _titles(names: list[str]) -> list[str]:
    return [title_of(entry) for name, entry in REMOTE_TYPES.items() if name in names]
