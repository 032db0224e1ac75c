"""What the pages of connections show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from connections.models import Connection, ConnectionStep
from connections.names import SEND, STEPS, TITLES
from console.connections.fleets_form import FleetsForm
from fleets.models import Gateway, Vehicle
from gateways.certificates import BadCertificate, Described, describe
from protocol.storable import storable_text

# Vehicles that are offered for a first command.
MOST_VEHICLES = 50


@dataclass(frozen=True)
class StepRow:
    """One step: `mark` is done, remark, failed, busy, or waiting."""

    name: str
    title: Any
    mark: str
    step: ConnectionStep | None


def step_rows(connection: Connection) -> list[StepRow]:
    """All steps that will be made, in order."""
    known = {step.name: step for step in connection.steps.all()}
    names = [name for name in STEPS if name != SEND or connection.sends or name in known]
    return [StepRow(name, TITLES[name], _mark(known.get(name)), known.get(name)) for name in names]


def _mark(step: ConnectionStep | None) -> str:
    if step is None:
        return "waiting"
    if not step.is_over:
        return "busy"
    return {True: "done", None: "remark", False: "failed"}[step.ok]


@dataclass(frozen=True)
class Listed:
    """A gateway, a connection, or both."""

    name: str
    base_url: str
    gateway: Gateway | None
    connection: Connection | None


def listed() -> list[Listed]:
    """All accounts by name."""
    gateways = {row.pk: row for row in Gateway.objects.annotate(checked_at=Max("upstream_fleets__callback_checked_at"))}
    rows = []
    for connection in Connection.objects.all():
        gateway = gateways.pop(connection.gateway_id or 0, None)
        rows.append(Listed(connection.name, connection.base_url, gateway, connection))
    rows += [Listed(gateway.name, gateway.base_url, gateway, None) for gateway in gateways.values()]
    return sorted(rows, key=lambda row: row.name.casefold())


def fleets_form(connection: Connection, data: Mapping[str, Any] | None = None) -> FleetsForm:
    """The choice of fleets; whoever connects manages them unless others are chosen."""
    managers = list(connection.managers.values_list("pk", flat=True))
    if not managers and connection.asked_by_id:
        managers = [connection.asked_by_id]
    initial = {"managers": managers, "api_client": connection.api_client_id, "takes_all": connection.takes_all_fleets}
    return FleetsForm(data, connection=connection, initial=initial)


def vehicles_to_try(connection: Connection) -> list[Vehicle]:
    """Some vehicles that a first command may go to."""
    return list(_vehicles(connection).only("public_id", "label", "vin").order_by("pk")[:MOST_VEHICLES])


def vehicle_to_try(connection: Connection, public_id: str) -> Vehicle | None:
    """The one that was chosen, None where none was."""
    return _vehicles(connection).filter(public_id=storable_text(public_id)).first() if public_id else None


def _vehicles(connection: Connection) -> Any:
    return Vehicle.objects.filter(gateway=connection.gateway, gone_at__isnull=True)


def described(certificate: str) -> Described | None:
    """Subject, issuer and dates of ours; None where there is none."""
    try:
        return describe(certificate) if certificate else None
    except BadCertificate:
        return None
