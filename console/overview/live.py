"""News of a whole fleet: what is published of any vehicle, narrowed to the fleet's own, and told once in a while."""

from weakref import WeakValueDictionary

from console.stream import News
from fleets.models import Vehicle
from fleets.sight.looking import Sight
from remotes.live import ANY_VEHICLE, vehicles_told

# Seconds from one telling to the next: a page of numbers need not be read anew with every event.
PACE = 3.0

# One set a fleet for all its streams in this process; gone with the last of them.
_vehicles: WeakValueDictionary[int, frozenset[int]] = WeakValueDictionary()


def news_of_fleet(sight: Sight) -> News:
    """What the fleet that is looked at tells, or those of its vehicles that are seen, at most once in PACE seconds."""
    if sight.vehicles is not None:
        # Who sees others than these from now on is another sight, so that this one ends (fleets/sight/looking.py).
        seen = sight.vehicles
        return News(sight, ANY_VEHICLE, lambda told: not seen.isdisjoint(vehicles_told(told)), PACE)
    # A vehicle that joins later is noticed when the page reads its news by itself.
    ours = _vehicles.get(sight.fleet_id)
    if ours is None:
        ours = _vehicles[sight.fleet_id] = _vehicles_of(sight.fleet_id)
    return News(sight, ANY_VEHICLE, lambda told: not ours.isdisjoint(vehicles_told(told)), PACE)


def _vehicles_of(fleet_id: int) -> frozenset[int]:
    return frozenset(Vehicle.objects.filter(fleet=fleet_id).order_by().values_list("pk", flat=True))
