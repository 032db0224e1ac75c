"""By which town one says where something is: the one that it is in, else one near by that people know."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot

from fleets.places.gazetteer import Gazetteer, Town
from fleets.places.measure import LARGEST, eighth, flat, kilometres, reach

_FIRST, _WIDER, _WIDEST = 10.0, 1.7, 20_100.0
# Beyond so many kilometres the nearest town is said, however small it is.
_FAR = 100.0
# A town with 10,000 times the inhabitants is known ten times as far away.
_KNOWN = 0.25


@dataclass(frozen=True)
class Where:
    """Kilometres from the middle of the town, and in which direction of eight from it; 0 is in it."""

    town: Town
    kilometres: int
    eighth: int

    @property
    def is_far(self) -> bool:
        return self.kilometres > _FAR


def where(towns: Gazetteer, latitude: float, longitude: float) -> Where:
    """The position, in degrees, by a town."""
    found = _near(towns, latitude, longitude)
    inside = [(away / reach(people), place) for place, away, people in found if away <= reach(people)]
    if inside:
        return Where(towns.town(min(inside)[1]), 0, 0)
    nearest = min(away for _place, away, _people in found)
    known = (
        ((away, place) for place, away, _people in found)
        if nearest > _FAR
        else ((away / (people + 1000) ** _KNOWN, place) for place, away, people in found)
    )
    town = towns.town(min(known)[1])
    away = kilometres(latitude, longitude, town.latitude, town.longitude)
    return Where(town, _rounded(away), eighth(town.latitude, town.longitude, latitude, longitude))


def _near(towns: Gazetteer, latitude: float, longitude: float) -> list[tuple[int, float, int]]:
    """Place, kilometres and inhabitants of the towns that come into question; at least one."""
    radius = _FIRST
    while not (found := _measured(towns.around(latitude, longitude, radius), latitude, longitude)) and radius < _WIDEST:
        radius *= _WIDER
    nearest = min(away for _place, away, _people in found)
    if nearest > _FAR:
        return found
    return _measured(towns.around(latitude, longitude, max(LARGEST, 2 * nearest)), latitude, longitude)


def _measured(
    found: Iterable[tuple[int, float, float, int]], latitude: float, longitude: float
) -> list[tuple[int, float, int]]:
    north, east = flat(latitude)
    near = abs(latitude) < 80
    measured = []
    for place, town_north, town_east, people in found:
        turned = (town_east - longitude + 180) % 360 - 180
        away = hypot((town_north - latitude) * north, turned * east)
        # The plane is good enough to choose by, but not far away or near a pole.
        if not near or away > _FAR:
            away = kilometres(latitude, longitude, town_north, town_east)
        measured.append((place, away, people))
    return measured


def _rounded(away: float) -> int:
    """As people say it: whole kilometres, from 100 on tens, from 1,000 on hundreds."""
    step = 1 if away < 100 else 10 if away < 1000 else 100
    return max(1, round(away / step) * step)
