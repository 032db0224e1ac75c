"""Somebody wishes a vehicle's state to be read now."""

from fleets.models import Vehicle
from fleets.storage import clock
from remotes.jobs import REFRESH_VEHICLE, wake


def wish(vehicle: Vehicle) -> None:
    """Have it read before all others that are due, unless it is gone; a sweep makes good a lost message."""
    vehicle.state_due_at = clock.now()
    if Vehicle.objects.filter(pk=vehicle.pk, gone_at__isnull=True).update(state_due_at=vehicle.state_due_at):
        wake(REFRESH_VEHICLE, [vehicle.pk], urgent=True)
