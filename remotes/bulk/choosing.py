"""Which vehicles a bulk command is for: chosen one by one, or all that match a view of the list of vehicles."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from fleets.models import Fleet, Vehicle
from remotes.vehicle_list.matching import vehicles_matching


@dataclass(frozen=True)
class Selection:
    """`vehicles` are public ids. `view` is the list's query string, empty for all; None where they are chosen."""

    vehicles: tuple[str, ...] = ()
    view: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.view is None and not self.vehicles

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """The names and values by which a form carries it on."""
        if self.view is not None:
            yield "all", "yes"
            yield "view", self.view
        else:
            yield from (("vehicle", public_id) for public_id in self.vehicles)

    def of(self, fleet: Fleet) -> QuerySet[Vehicle]:
        """The fleet's vehicles that are meant."""
        if self.view is None:
            return fleet.vehicles.filter(public_id__in=self.vehicles)
        return vehicles_matching(fleet, self.view)


def read_selection(data: QueryDict) -> Selection:
    """From the list's form: with `all`, those that its `view` shows, whatever is ticked; else each `vehicle`."""
    if "all" in data:
        return Selection(view=data.get("view", ""))
    return Selection(tuple(dict.fromkeys(data.getlist("vehicle"))))
