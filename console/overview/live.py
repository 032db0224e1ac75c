"""News of a whole fleet: what is published of any vehicle, narrowed to the fleet's own, and told once in a while."""

from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

from asgiref.sync import sync_to_async

from console.stream import news
from fleets.models import Fleet, Vehicle
from remotes.live import ANY_VEHICLE, vehicles_told

# Seconds from one telling to the next: a page of numbers need not be read anew with every event.
PACE = 3.0

# One set a fleet for all its streams in this process; gone with the last of them.
_vehicles: WeakValueDictionary[int, frozenset[int]] = WeakValueDictionary()


async def news_of_fleet(fleet: Fleet) -> AsyncIterator[bytes]:
    """Server-sent events, at most one in PACE seconds. The database is asked before this returns."""
    # A vehicle that joins later is noticed when the page reads its news by itself.
    ours = _vehicles.get(fleet.pk)
    if ours is None:
        ours = _vehicles[fleet.pk] = await sync_to_async(_vehicles_of)(fleet.pk)
    return news(ANY_VEHICLE, lambda told: not ours.isdisjoint(vehicles_told(told)), PACE)


def _vehicles_of(fleet_id: int) -> frozenset[int]:
    return frozenset(Vehicle.objects.filter(fleet=fleet_id).order_by().values_list("pk", flat=True))
