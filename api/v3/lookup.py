"""Where a remote action is asked for over the API: a vehicle, under a callback of its fleet."""

from api.v3.callbacks import no_callback
from api.v3.fleets import no_vehicle
from callbacks.models import Callback
from fleets.models import ApiClient, Fleet, Gateway, Vehicle
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared

_vehicle, _fleet = Rows(Vehicle, "vehicle"), Rows(Fleet, "fleet")
_gateway, _callback = Rows(Gateway, "gateway"), Rows(Callback, "callback")

# One statement, since each request asks for it. A client has its own callbacks only; alert webhooks are the business of
# people, channels that of v1.
_PLACE = f"""
SELECT {_vehicle.columns}, {_fleet.columns}, {_gateway.columns}, {_callback.columns}
FROM fleets_vehicle vehicle
JOIN fleets_fleet fleet ON fleet.id = vehicle.fleet_id
JOIN fleets_gateway gateway ON gateway.id = vehicle.gateway_id
LEFT JOIN callbacks_callback callback
    ON callback.fleet_id = fleet.id AND callback.public_id = %(callback)s
    AND callback.created_by_id = %(client)s AND callback.deleted_at IS NULL AND NOT callback.for_alerts
    AND callback.dialect = 'v3'
WHERE vehicle.public_id = %(vehicle)s AND fleet.public_id = %(fleet)s AND EXISTS (
    SELECT FROM fleets_apiclient_fleets allowed
    WHERE allowed.apiclient_id = %(client)s AND allowed.fleet_id = fleet.id
)
"""  # noqa: S608


def find_place(client: ApiClient, fid: str, vid: str, cbid: str) -> tuple[Vehicle, Callback]:
    """Vehicle and the client's callback, if it may use the fleet that both belong to; raises a 404."""
    rows = run_prepared(_PLACE, {"client": client.pk, "fleet": fid, "vehicle": vid, "callback": cbid})
    if not rows:
        raise no_vehicle(fid, vid)
    vehicle, fleet, vehicle.gateway, callback = read_several(rows[0], _vehicle, _fleet, _gateway, _callback)
    if callback is None:
        raise no_callback(fid, cbid)
    vehicle.fleet = callback.fleet = fleet
    return vehicle, callback
