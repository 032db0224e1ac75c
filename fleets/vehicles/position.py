"""Where a vehicle's state says that it is (fleet-owner-v3.yaml, Status: lastPosition, a GeoJSON feature)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from fleets.vehicles.dates import said_at
from fleets.vehicles.state.values import dig, items, number

if TYPE_CHECKING:
    from fleets.models import Vehicle


@dataclass(frozen=True)
class Position:
    """In degrees, north and east; `at` is when the vehicle was there, as far as it said so."""

    latitude: float
    longitude: float
    at: datetime | None

    @property
    def words(self) -> str:
        """As people read it: 45.7640° N, 4.8357° E."""
        north, east = _("N") if self.latitude >= 0 else _("S"), _("E") if self.longitude >= 0 else _("W")
        return f"{abs(self.latitude):.4f}° {north}, {abs(self.longitude):.4f}° {east}"


def position_in(vehicle: "Vehicle") -> Position | None:
    """That of the columns which PostgreSQL makes of the state, where privacy does not hide it: no state is read."""
    if vehicle.latitude is None or vehicle.longitude is None:
        return None
    return Position(vehicle.latitude, vehicle.longitude, vehicle.position_at)


def position_of(state: Any) -> Position | None:
    """The last position; None where there is none, or where it is no place on earth."""
    coordinates = dig(state, "lastPosition", "geometry", "coordinates")
    numbers = [number(item) for item in items(coordinates)[:2]]
    if len(numbers) < 2:
        return None
    longitude, latitude = numbers
    if longitude is None or latitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Position(float(latitude), float(longitude), said_at(state["lastPosition"]))
