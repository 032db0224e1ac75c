"""What a connection has come to, as programs read it."""

from typing import Any

from connections import names
from connections.models import Connection
from connections.stages.registering import upstream_fleets
from fleets.models import Vehicle


def result(connection: Connection) -> dict[str, Any]:
    """{step: done, ok, gateway, fleets: [{id, name, upstream_id, vehicles: [{id, vin, upstream_id}]}]}.

    `ok` where all that was asked for holds; `gateway` null and no fleets while nothing is taken over.
    """
    steps = {step.name: step for step in connection.steps.all()}
    asked = [name for name in names.STEPS if name != names.SEND or connection.sends]
    ok = all(name in steps and steps[name].is_over and steps[name].ok is not False for name in asked)
    # A command that could not even be sent is no remark here: its answer was asked for.
    ok = ok and (not connection.sends or steps[names.SEND].ok is True)
    taken = connection.gateway is not None and names.SYNC in steps and bool(steps[names.SYNC].ok)
    return {
        "step": "done",
        "ok": ok,
        "gateway": connection.gateway_id if taken else None,
        "fleets": _fleets(connection) if taken else [],
    }


def _fleets(connection: Connection) -> list[dict[str, Any]]:
    vehicles: dict[int, list[dict[str, str]]] = {}
    rows = Vehicle.objects.filter(gateway=connection.gateway, gone_at__isnull=True).order_by("pk")
    for fleet_id, public_id, vin, upstream_id in rows.values_list("fleet_id", "public_id", "vin", "upstream_id"):
        vehicles.setdefault(fleet_id, []).append({"id": public_id, "vin": vin, "upstream_id": upstream_id})
    return [
        {
            "id": row.fleet.public_id,
            "name": row.fleet.name,
            "upstream_id": row.upstream_id,
            "vehicles": vehicles.get(row.fleet_id, []),
        }
        for row in upstream_fleets(connection)
        if connection.takes_all_fleets or row.upstream_id in (connection.wanted_fleets or {})
    ]
