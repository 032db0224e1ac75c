"""Keeps upstream's last status of a vehicle, read after an action has ended."""

import logging
from datetime import timedelta

from django.db import connection

from fleets.models import UpstreamFleet, Vehicle
from fleets.storage import clock
from gateways.interface import GatewayError
from remotes.gate import gate
from remotes.life.lifecycle import Stage
from remotes.live import announce
from remotes.reading.keeping import Answer, keep
from remotes.reading.verdict import was_asked, why_not

logger = logging.getLogger(__name__)

# A status is read for that long after an action's end; then the vehicle's next action brings the next one.
WORTH_READING = timedelta(minutes=15)
# A wake needs its time before it counts as lost.
WAKE_TIME = timedelta(seconds=10)
# After so many failures in a row its turn comes as any other's does (remotes/reading).
PATIENCE = 4
# Vehicles a look; the next look goes on.
LIMIT = 500


def refresh(vehicle_id: int) -> None:
    """Read the vehicle's status upstream and keep it; when that fails, the last one stays with its age, and why."""
    vehicle = Vehicle.objects.select_related("gateway").get(pk=vehicle_id)
    upstream = UpstreamFleet.objects.filter(fleet_id=vehicle.fleet_id, gateway_id=vehicle.gateway_id).first()
    if upstream is None:
        return
    # The time before the question: what ends during it is not in the answer for certain.
    asked_at = clock.now()
    try:
        status = gate.client(vehicle.gateway).vehicle_status(upstream.upstream_id, vehicle.upstream_id)
        answer = Answer(vehicle_id, asked_at, status)
    except GatewayError as error:
        logger.info("The status of %s could not be read: %s", vehicle.vin, error)
        if not was_asked(error):
            return
        answer = Answer(vehicle_id, asked_at, why=why_not(error))
    if not keep([answer], wait=True):
        # Somebody may wait to see that it was asked for, even where nothing has changed.
        announce([vehicle_id])


def outdated() -> set[int]:
    """Vehicles where an action has ended lately and no status was read since: the wake was lost, or the reading failed.

    A few probes of the index action_history a vehicle, however long the history is; ingest pays nothing for it.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(OUTDATED, [PATIENCE, int(Stage.DONE), now - WORTH_READING, now - WAKE_TIME, LIMIT])
        return {vehicle_id for (vehicle_id,) in cursor.fetchall()}


OUTDATED = """
SELECT vehicle.id
FROM fleets_vehicle vehicle
CROSS JOIN LATERAL (
    SELECT status_stage, finished_at FROM remotes_remoteaction
    WHERE vehicle_id = vehicle.id ORDER BY id DESC LIMIT 5
) action
WHERE vehicle.gone_at IS NULL AND vehicle.state_failures < %s
    AND action.status_stage = %s AND action.finished_at BETWEEN %s AND %s
GROUP BY vehicle.id
HAVING max(action.finished_at) > coalesce(vehicle.state_read_at, '-infinity')
LIMIT %s
"""
