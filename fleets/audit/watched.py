"""What is written down of changed people, rights, fleets, vehicles and accounts (fleets/audit/changes.py).

Names of people stand in the entry as they are then; their e-mail addresses don't, nor any secret.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import Group, User

from fleets.audit.changes import DELETED, Watched, watch
from fleets.audit.doer import doer
from fleets.audit.entries import About, Origin
from fleets.models import (
    AccessToken,
    ApiClient,
    ApiSecret,
    ApiToken,
    Approver,
    Fleet,
    Gateway,
    Membership,
    SavedView,
    UpstreamFleet,
    Vehicle,
)
from fleets.models.gateway import CREDENTIALS

ROTATED, CONFIRMED, ENDED = "given new secrets", "confirmed", "ended"
# Of an account all but these is told only to have changed.
_PLAIN = ("scopes",)


def host_of(url: str) -> str:
    """The host with its port: the rest of an address may hold secrets."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return ""


def _membership(row: Membership) -> Mapping[str, Any]:
    types = ", ".join(row.remote_types or [])
    return {"person": row.user.get_username(), "fleet": str(row.fleet), "remote_types": types}


def _approver(row: Approver) -> Mapping[str, Any]:
    names = {name: getattr(row, name) for name in ("user", "given_by", "confirmed_by")}
    return {
        "person" if name == "user" else name: user.get_username() for name, user in names.items() if user is not None
    } | {"fleet": str(row.fleet or "")}


def _client(row: ApiClient) -> Mapping[str, Any]:
    owner = row.owner.get_username() if row.owner is not None else ""
    return {"remote_types": ", ".join(row.remote_types or []), "owner": owner}


def _vehicle(row: Vehicle) -> Mapping[str, Any]:
    kinds = None if row.capabilities is None else ", ".join(row.capabilities)
    return {"fleet": str(row.fleet), "account": str(row.gateway), "capabilities": kinds}


def _by_a_person() -> bool:
    """Taking over thousands from an account is no change of each by a person."""
    who = doer()
    return who is not None and who.origin in (Origin.PAGE, Origin.ADMIN)


_PEOPLE = (
    Watched(
        User,
        "person",
        lambda user: About(f"person {user.pk}"),
        fields=("username", "is_active", "is_staff", "is_superuser"),
        hidden=("first_name", "last_name", "email", "password"),
        many=("groups", "user_permissions"),
    ),
    Watched(Group, "group", lambda group: About(f"group {group.pk}"), fields=("name",), many=("permissions",)),
    Watched(
        Membership,
        "membership",
        lambda row: About(f"person {row.user_id}", row.fleet_id),
        fields=("role", "ends_at", "positions", "narrowed", "narrowed_filter"),
        values=_membership,
        sources=("user", "fleet", "remote_types"),
    ),
    Watched(
        Approver,
        "approver",
        lambda row: About(f"person {row.user_id}", row.fleet_id),
        values=_approver,
        sources=("user", "fleet", "given_by", "confirmed_by"),
        words={"confirmed_at": CONFIRMED, "ended_at": ENDED},
    ),
)

_PROGRAMS = (
    Watched(
        ApiClient,
        "API client",
        lambda client: About(f"client {client.pk}"),
        fields=(
            *("name", "client_id", "username", "sees_positions", "certificate_fingerprint"),
            *("day_limit", "burst_limit", "active"),
        ),
        many=("fleets",),
        values=_client,
        sources=("remote_types", "owner"),
    ),
    Watched(
        ApiSecret,
        "API client's password",
        lambda secret: About(f"client {secret.client_id}"),
        fields=("name", "ends_at"),
        values=lambda secret: {"client": str(secret.client)},
        words={"ended_at": ENDED},
    ),
    Watched(
        ApiToken,
        "API client's token",
        lambda token: About(f"client {token.client_id}"),
        values=lambda token: {"client": str(token.client)},
        only=(DELETED,),
    ),
)

_FLEETS = (
    Watched(Fleet, "fleet", lambda fleet: About(fleet.public_id, fleet.pk), fields=("name", "description")),
    Watched(
        Vehicle,
        "vehicle",
        lambda vehicle: About(vehicle.public_id, vehicle.fleet_id, vehicle.pk),
        fields=("vin", "label", "plate"),
        values=_vehicle,
        sources=("fleet", "gateway", "capabilities"),
        where=lambda _: _by_a_person(),
    ),
    Watched(
        SavedView,
        "shared view",
        lambda view: About(view.public_id, view.fleet_id),
        fields=("name", "query", "shared"),
        where=lambda view: bool(view.shared),
    ),
)

_ACCOUNTS = (
    Watched(
        Gateway,
        "account",
        lambda gateway: About(f"account {gateway.pk}"),
        fields=("name", "dialect", "is_simulated", "takes_all_fleets", *_PLAIN),
        hidden=tuple(name for name in CREDENTIALS if name not in (*_PLAIN, "token_url")),
        values=lambda gateway: {"host": host_of(gateway.base_url), "token_host": host_of(gateway.token_url)},
        sources=("base_url", "token_url"),
    ),
    Watched(AccessToken, "account's token", lambda token: About(f"account {token.gateway_id}"), only=(DELETED,)),
    Watched(
        UpstreamFleet,
        "webhook of the manufacturer",
        lambda place: About(place.webhook_id, place.fleet_id),
        values=lambda place: {"account": str(place.gateway), "upstream_id": place.upstream_id},
        sources=("gateway", "upstream_id", "fleet"),
        words={"webhook_secret": ROTATED, "path_secret": ROTATED},
    ),
)


def watch_all() -> None:
    """For `apps.py`."""
    for watched in (*_PEOPLE, *_PROGRAMS, *_FLEETS, *_ACCOUNTS):
        watch(watched)
