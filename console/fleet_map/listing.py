"""The list beside the map: the same vehicles, a page at a time, each with how it stands and how old its position is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q

from console.fleet_map.picture import Picture, Spot
from console.fleet_map.scope import Scope
from console.vehicle_list import sorting
from console.vehicle_list.sorting import beyond
from fleets.models import Fleet, Vehicle
from fleets.vehicles.position import Position, position_in
from remotes.finding.condition import Condition

PAGE_SIZE = 50
FIRST_SIZE = 20
"""The first page is shorter: a screen shows half of it, and the map waits for it."""

_SALT = "fleet-map"
# The index vehicle_by_name goes along these, from one fleet to the next.
_KEY = ("fleet_id", "sort_name", "pk")


@dataclass(frozen=True)
class MapRow:
    """A vehicle of the list; `spot` is None for one that has come since the picture was made."""

    vehicle: Vehicle
    fleet: Fleet
    spot: Spot | None
    is_sighted: bool

    @property
    def condition(self) -> Condition | None:
        return self.spot.condition if self.spot else None

    @property
    def has_place(self) -> bool:
        return self.spot is not None and self.spot.has_place

    @property
    def position(self) -> Position | None:
        """Where it may be shown to be."""
        return position_in(self.vehicle) if self.has_place else None

    @property
    def at(self) -> datetime | None:
        return self.spot.at if self.spot else None


@dataclass(frozen=True)
class MapPage:
    """`next_after` is the token of the next page, empty on the last."""

    rows: list[MapRow]
    next_after: str


def page_of(scope: Scope, picture: Picture, token: str, *, placeless: bool = False) -> MapPage:
    """So many vehicles after the token; with `placeless` those alone without a position that may be shown.

    One statement, two where a part of the order ends (console/vehicle_list/sorting.py).
    """
    vehicles, size = scope.vehicles, PAGE_SIZE if token else FIRST_SIZE
    if placeless:
        vehicles = vehicles.filter(Q(latitude=None) | ~Q(fleet__in=list(scope.sighted)))
    if scope.asked is not None:
        sort = scope.asked.sort
        found = sorting.rows_after(vehicles, sort, sorting.read_token(token, sort), size + 1)
    else:
        after = _read(token)
        vehicles = vehicles.filter(beyond(_KEY, after, ">")) if after else vehicles
        found = list(vehicles.order_by(*_KEY)[: size + 1])
    shown, has_more = found[:size], len(found) > size
    rows = [
        MapRow(each, scope.fleets[each.fleet_id], picture.spot(each.pk), each.fleet_id in scope.sighted)
        for each in shown
    ]
    return MapPage(rows, _token(scope, shown[-1]) if has_more else "")


def _token(scope: Scope, vehicle: Vehicle) -> str:
    if scope.asked is not None:
        return sorting.token_after(vehicle, scope.asked.sort)
    return signing.dumps([getattr(vehicle, name) for name in _KEY], salt=_SALT)


def _read(token: str) -> list[Any] | None:
    """None for the first page, and for a broken one."""
    try:
        return list(signing.loads(token, salt=_SALT)) if token else None
    except signing.BadSignature:
        return None
