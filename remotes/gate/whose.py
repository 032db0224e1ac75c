"""Which gateway a message is about: what has its room (fleets/room.py) is asked before anything else is done."""

from functools import lru_cache

from fleets.models import Vehicle
from remotes.models import RemoteAction


@lru_cache(maxsize=100_000)
def of_vehicle(vehicle_id: int) -> int:
    """The vehicle's gateway. One that has moved to another counts as its old one's in this process: for room alone."""
    return Vehicle.objects.values_list("gateway_id", flat=True).get(pk=vehicle_id)


def of_action(action_id: int) -> int:
    return RemoteAction.objects.values_list("gateway_id", flat=True).get(pk=action_id)
