"""What a sending looks at: the vehicle under its lock, and each of its open actions with all that decides about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fleets.access import SENDER_SQL
from fleets.models import ApiClient, Gateway, UpstreamFleet, Vehicle
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared
from remotes.models import OPEN_STATES, FleetRules, RemoteAction, SendingStop
from remotes.models.rules import holding

_vehicle, _gateway = Rows(Vehicle, "vehicle"), Rows(Gateway, "gateway")
_action, _rules, _stop = Rows(RemoteAction, "action"), Rows(FleetRules, "rules"), Rows(SendingStop, "stop")
_upstream, _client = Rows(UpstreamFleet, "upstream"), Rows(ApiClient, "client")

_LOCK = f"""
SELECT {_vehicle.columns}, {_gateway.columns}
FROM fleets_vehicle vehicle JOIN fleets_gateway gateway ON gateway.id = vehicle.gateway_id
WHERE vehicle.id = %(vehicle)s
FOR NO KEY UPDATE OF vehicle
"""  # noqa: S608

# The states stand in the text, since a plan that is made once uses their partial index only so.
_OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
_CASES = f"""
SELECT {_action.columns}, {_rules.columns}, {_stop.columns}, {_upstream.columns}, {_client.columns},
    {SENDER_SQL}
FROM remotes_remoteaction action
LEFT JOIN remotes_fleetrules rules ON rules.fleet_id = action.fleet_id
LEFT JOIN LATERAL (
    SELECT * FROM remotes_sendingstop stop
    WHERE {holding("action.fleet_id")} ORDER BY fleet_id NULLS FIRST LIMIT 1
) stop ON true
LEFT JOIN fleets_upstreamfleet upstream
    ON upstream.fleet_id = action.fleet_id AND upstream.gateway_id = action.gateway_id
LEFT JOIN fleets_apiclient client ON client.id = action.api_client_id AND client.active AND EXISTS (
    SELECT FROM fleets_apiclient_fleets allowed
    WHERE allowed.apiclient_id = client.id AND allowed.fleet_id = action.fleet_id
)
WHERE action.vehicle_id = %(vehicle)s AND action.state IN ({_OPEN})
ORDER BY action.id
"""  # noqa: S608


@dataclass(frozen=True)
class Asker:
    """Who asked, as they are now: the API client while it may use the fleet, else whether the person may send it."""

    client: ApiClient | None
    may_send: bool


NOBODY = Asker(None, may_send=False)


@dataclass(frozen=True)
class Case:
    """An open action and what decides about it.

    `stop` holds for its fleet; `upstream` is None where the fleet is not set up at the action's gateway.
    """

    action: RemoteAction
    rules: FleetRules
    stop: SendingStop | None
    upstream: UpstreamFleet | None
    asker: Asker


def lock_vehicle(vehicle_id: int) -> Vehicle:
    """The vehicle with its gateway, locked until the transaction ends: one worker at a time sends for a vehicle."""
    (row,) = run_prepared(_LOCK, {"vehicle": vehicle_id})
    vehicle: Vehicle
    vehicle, vehicle.gateway = read_several(row, _vehicle, _gateway)
    return vehicle


def open_cases(vehicle: Vehicle) -> list[Case]:
    """The vehicle's open actions, oldest first."""
    return [_case(vehicle, row) for row in run_prepared(_CASES, {"vehicle": vehicle.pk})]


def _case(vehicle: Vehicle, row: Sequence[Any]) -> Case:
    action, rules, stop, upstream, client = read_several(row, _action, _rules, _stop, _upstream, _client)
    action.vehicle = vehicle
    if action.gateway_id == vehicle.gateway_id:
        action.gateway = vehicle.gateway
    if upstream is not None:
        upstream.gateway = action.gateway
    return Case(action, rules or FleetRules(fleet_id=action.fleet_id), stop, upstream, Asker(client, row[-1]))
