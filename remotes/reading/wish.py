"""Somebody wishes a vehicle's state to be read now."""

from fleets.models import Vehicle
from fleets.storage import clock
from remotes.jobs import REFRESH_VEHICLE, wake


def wish(vehicle: Vehicle) -> None:
    """Have the state read before all others that are due; when the message is lost the sweep finds it."""
    vehicle.state_due_at = clock.now()
    Vehicle.objects.filter(pk=vehicle.pk, gone_at__isnull=True).update(state_due_at=vehicle.state_due_at)
    wake(REFRESH_VEHICLE, [vehicle.pk], urgent=True)
