"""What was entered for a connection: kept as a draft, which becomes the gateway's once it was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from connections.models import Connection
from fleets.clients import account_of
from fleets.models import ApiClient, FormerCredentials, Gateway, UpstreamFleet
from fleets.models.gateway import CREDENTIALS, PLACE
from fleets.storage import clock
from gateways.interface import Account


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `credentials` by field (fleets/models/gateway.py); those that are left out stay as they are.

    `fleets`: ids of upstream fleets with the public ids of ours that they go into, empty for new ones; None: not chosen
    yet. `takes_all`: all that the account lists, whatever `fleets` says.
    """

    dialect: str
    base_url: str
    credentials: Mapping[str, str]
    fleets: Mapping[str, str] | None = None
    takes_all: bool = False
    managers: Sequence[User] = ()
    api_client: ApiClient | None = None
    sends: bool = True
    asked_by: User | None = field(default=None, compare=False)


class BeingConnected(Exception):
    """A worker is at the connection now, with what was entered before."""


@transaction.atomic
def enter(name: str, wanted: Wanted) -> Connection:
    """Make the connection of this name, or change it: then also that of a gateway which was made in another way.

    Raises BeingConnected. What is entered as the gateway has it already needs no test, and replaces nothing.
    """
    connection = connection_of(name)
    if connection.leased_until is not None and connection.leased_until > clock.now():
        raise BeingConnected
    connection.dialect, connection.base_url = wanted.dialect, wanted.base_url.strip()
    for field_name in CREDENTIALS:
        if field_name in wanted.credentials:
            setattr(connection, field_name, wanted.credentials[field_name])
    connection.is_draft = _differs(connection)
    if not connection.is_draft:
        _empty(connection)
    if wanted.takes_all or wanted.fleets is not None:
        connection.takes_all_fleets = wanted.takes_all
        connection.wanted_fleets = dict(wanted.fleets or {})
    connection.sends, connection.asked_by, connection.vehicle = wanted.sends, wanted.asked_by, None
    connection.api_client = wanted.api_client or connection.api_client
    connection.save()
    connection.managers.add(*wanted.managers)
    return connection


def _differs(connection: Connection) -> bool:
    gateway = connection.gateway
    return gateway is None or any(getattr(gateway, name) != value for name, value in entered(connection).items())


def _empty(connection: Connection) -> None:
    for field_name in CREDENTIALS:
        setattr(connection, field_name, "")


def connection_of(name: str) -> Connection:
    """The connection of that name, locked, with the credentials that it has now; a new one where there is none."""
    rows = Connection.objects.select_for_update(of=("self",)).select_related("gateway")
    # A gateway may have been given another name in admin since it was connected.
    found = rows.filter(name=name).first() or rows.filter(gateway__name=name).first()
    if found is None:
        gateway = Gateway.objects.filter(name=name).first()
        found = Connection(name=name, gateway=gateway)
        if gateway is not None:
            found.is_draft = False
            found.dialect, found.base_url = gateway.dialect, gateway.base_url
    if found.gateway is not None and not found.is_draft:
        for field_name in CREDENTIALS:
            setattr(found, field_name, getattr(found.gateway, field_name))
    return found


def account(connection: Connection) -> Account:
    """The account as it is tried: as it was entered, or as the gateway has it."""
    gateway = connection.gateway
    if gateway is not None and not connection.is_draft:
        return account_of(gateway)
    return account_of(Gateway(name=connection.name, **entered(connection)))


def may_use_http(connection: Connection) -> bool:
    """Whether the cloud may be reached without TLS: a simulator's, or where a setting allows it."""
    if settings.GATEWAY_ALLOW_HTTP or (connection.gateway is not None and connection.gateway.is_simulated):
        return True
    return bool(settings.SIMULATOR_URL) and f"{connection.base_url}/".startswith(f"{settings.SIMULATOR_URL}/")


def take_over(connection: Connection, gateway: Gateway) -> None:
    """Give the gateway what was entered, unsaved, and empty it here."""
    for field_name, value in entered(connection).items():
        setattr(gateway, field_name, value)
    connection.is_draft = False
    _empty(connection)


def entered(connection: Connection) -> dict[str, Any]:
    """Address and credentials, by field."""
    return {field_name: getattr(connection, field_name) for field_name in (*PLACE, *CREDENTIALS)}


@transaction.atomic
def take_back(connection: Connection) -> bool:
    """Have the gateway use its former credentials again, and keep the present ones; False where there are none."""
    former = FormerCredentials.objects.select_for_update().filter(gateway=connection.gateway).first()
    if former is None or connection.gateway is None:
        return False
    gateway = Gateway.objects.select_for_update().get(pk=connection.gateway.pk)
    for field_name in (*PLACE, *CREDENTIALS):
        present = getattr(gateway, field_name)
        setattr(gateway, field_name, getattr(former, field_name))
        setattr(former, field_name, present)
    former.replaced_at = clock.now()
    gateway.save()
    former.save()
    # Else a draft that failed would be tried next, and take over.
    connection.dialect, connection.base_url = gateway.dialect, gateway.base_url
    connection.is_draft, connection.sends, connection.vehicle = False, False, None
    _empty(connection)
    connection.save()
    connection.gateway = gateway
    return True


def of_gateway(connection: Connection, asked_by: User) -> None:
    """Save a new connection for a gateway that is there: its fleets are taken over already."""
    rows = UpstreamFleet.objects.filter(gateway=connection.gateway, gone_at__isnull=True)
    connection.wanted_fleets = {row.upstream_id: row.fleet.public_id for row in rows.select_related("fleet")}
    connection.takes_all_fleets = connection.gateway.takes_all_fleets if connection.gateway else False
    connection.sends, connection.asked_by = False, asked_by
    connection.is_draft = False
    _empty(connection)
    connection.save()
