"""Registers our callback for each fleet, and sees it confirmed by what the cloud then lists."""

from connections import codes, names
from connections.models import Connection
from connections.stages.stage import End
from connections.steps import Notes
from fleets.models import UpstreamFleet
from gateways.interface import GatewayError
from protocol.statuses import CALLBACK_RUNNING
from protocol.why import Why
from remotes.gate import gate
from remotes.registration import registration


def register(notes: Notes) -> End:
    """Register what is missing or other than it should be, then read it back."""
    rows = upstream_fleets(notes.connection)
    for row in rows:
        notes.begin(names.CALLBACK)
        why = _why_not(row)
        if why is not None:
            notes.end(names.CALLBACK, False, why)
            return End.FAILED
    notes.end(names.CALLBACK, True, Why(codes.REGISTERED, fleets=len(rows)))
    return End.DONE


def upstream_fleets(connection: Connection) -> list[UpstreamFleet]:
    """The places of the connection's fleets at its gateway."""
    rows = UpstreamFleet.objects.filter(gateway=connection.gateway, gone_at__isnull=True)
    return list(rows.select_related("gateway", "fleet").order_by("pk"))


def _why_not(row: UpstreamFleet) -> Why | None:
    # A gateway that was closed is tried with its new credentials: outside of the transaction of the check.
    refusal = gate.leave(row.gateway)
    if refusal is not None:
        return Why(codes.NOT_REGISTERED, fleet=row.fleet.name, why=refusal.why)
    try:
        checked = registration.check(row.pk)
        found = gate.client(row.gateway).read_callback(row.upstream_id, checked.callback_id)
    except GatewayError as error:
        return Why(codes.NOT_REGISTERED, fleet=row.fleet.name, why=error.why)
    if found is None or found.status != CALLBACK_RUNNING:
        status = found.status if found else "-"
        return Why(codes.NOT_RUNNING, fleet=row.fleet.name, status=status)
    return None
