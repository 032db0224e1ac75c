"""Finds vehicles by VIN, label or plate, a page at a time."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from fleets.models import Vehicle

PAGE_SIZE = 50
# Beyond it we say "more than": nobody needs the exact number, and it would cost a walk over all rows.
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class VehiclePage:
    """One page of vehicles. `next_after` is the key of the next page, None on the last."""

    vehicles: list[Vehicle]
    next_after: int | None
    count: int

    @property
    def count_is_cut(self) -> bool:
        return self.count > COUNT_LIMIT


def matching(vehicles: QuerySet[Vehicle], words: str) -> QuerySet[Vehicle]:
    """Those with `words` in label, VIN or plate; as UPPER(…) LIKE UPPER(…), which the index vehicle_search serves."""
    if not words:
        return vehicles
    return vehicles.filter(Q(label__icontains=words) | Q(vin__icontains=words) | Q(plate__icontains=words))


def page_of(vehicles: QuerySet[Vehicle], after: int = 0) -> VehiclePage:
    """The page that follows the vehicle with key `after`."""
    rows = list(vehicles.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return VehiclePage(
        vehicles=shown,
        next_after=shown[-1].pk if len(rows) > PAGE_SIZE else None,
        count=vehicles.order_by()[: COUNT_LIMIT + 1].count(),
    )
