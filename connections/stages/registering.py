"""Registers our callback for each fleet, and sees it confirmed by what the cloud then lists."""

import time

from connections import codes, names
from connections.models import Connection
from connections.stages.stage import End
from connections.steps import Notes
from fleets.models import UpstreamFleet
from gateways.interface import GatewayError, NotAccepted
from protocol.statuses import CALLBACK_RUNNING
from protocol.why import Why
from remotes.gate import gate
from remotes.registration import registration

# So often a callback is looked at before it counts as failed, with pauses of seconds at the most.
TRIES = 5
LONGEST = 10.0


def register(notes: Notes) -> End:
    """Register what is missing or other than it should be, then read it back."""
    rows = upstream_fleets(notes.connection)
    for row in rows:
        why = _why_not(notes, row)
        if why is not None:
            notes.end(names.CALLBACK, False, why)
            return End.FAILED
    notes.end(names.CALLBACK, True, Why(codes.REGISTERED, fleets=len(rows)))
    return End.DONE


def upstream_fleets(connection: Connection) -> list[UpstreamFleet]:
    """The places of the connection's fleets at its gateway."""
    rows = UpstreamFleet.objects.filter(gateway=connection.gateway, gone_at__isnull=True)
    return list(rows.select_related("gateway", "fleet").order_by("pk"))


def _why_not(notes: Notes, row: UpstreamFleet) -> Why | None:
    """What is wrong with the fleet's callback; a cloud that wants us to wait is asked again."""
    for tries_left in reversed(range(TRIES)):
        notes.begin(names.CALLBACK)
        try:
            return _checked(row)
        except NotAccepted as error:
            why, pause = error.why, min(error.retry_after or 1.0, LONGEST)
        except GatewayError as error:
            why, pause = error.why, 0.0
        if not pause or not tries_left:
            break
        time.sleep(pause)
    return Why(codes.NOT_REGISTERED, fleet=row.fleet.name, why=why)


def _checked(row: UpstreamFleet) -> Why | None:
    # A gateway that was closed is tried with its new credentials: outside of the transaction of the check.
    refusal = gate.leave(row.gateway)
    if refusal is not None:
        raise refusal
    checked = registration.check(row.pk)
    found = gate.client(row.gateway).read_callback(row.upstream_id, checked.callback_id)
    if found is None or found.status != CALLBACK_RUNNING:
        return Why(codes.NOT_RUNNING, fleet=row.fleet.name, status=found.status if found else "-")
    return None
