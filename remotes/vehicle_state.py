"""Keeps upstream's last status of a vehicle, read after an action has ended."""

import logging

from django.utils import timezone

from fleets.models import UpstreamFleet, Vehicle
from gateways.interface import GatewayError
from remotes.clients import client_for
from remotes.live import announce

logger = logging.getLogger(__name__)


def refresh(vehicle_id: int) -> None:
    """Read the vehicle's status upstream and keep it; when that fails, the last one stays with its age."""
    vehicle = Vehicle.objects.select_related("gateway").get(pk=vehicle_id)
    upstream = UpstreamFleet.objects.get(fleet_id=vehicle.fleet_id, gateway_id=vehicle.gateway_id)
    try:
        status = client_for(vehicle.gateway).vehicle_status(upstream.upstream_id, vehicle.upstream_id)
    except GatewayError as error:
        logger.info("The status of %s could not be read: %s", vehicle.vin, error)
        return
    Vehicle.objects.filter(pk=vehicle_id).update(state=status, state_read_at=timezone.now())
    announce([vehicle_id])
