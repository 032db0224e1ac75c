"""Which vehicles a person has chosen on the list, and how the forms that follow carry it on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from console.vehicle_list.matching import filter_of
from fleets.access import is_narrowed, seen_in
from fleets.models import Fleet, Vehicle
from protocol.storable import storable_text
from remotes.finding.vehicles import VehicleFilter


@dataclass(frozen=True)
class Chosen:
    """By their `public_ids`, or those that the list shows: its `filter`, and its query string `view`, empty for all."""

    fleet: Fleet
    public_ids: tuple[str, ...] = ()
    filter: VehicleFilter | None = None
    view: str = ""

    @property
    def is_empty(self) -> bool:
        return self.filter is None and not self.public_ids

    @property
    def vehicles(self) -> QuerySet[Vehicle]:
        """Of them those that the person that the fleet was looked up for sees."""
        if self.filter is None:
            return seen_in(self.fleet).filter(public_id__in=self.public_ids)
        found = self.filter.of(self.fleet)
        return found.filter(pk__in=seen_in(self.fleet).order_by().values("pk")) if is_narrowed(self.fleet) else found

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """The names and values by which a form carries it on."""
        if self.filter is not None:
            yield "all", "yes"
            yield "view", self.view
        else:
            # In one field, since a request has a limit of fields.
            yield "vehicle", " ".join(self.public_ids)


def read_chosen(fleet: Fleet, data: QueryDict) -> Chosen:
    """From the list's form: with `all`, those that its `view` shows, whatever is ticked; else each `vehicle`, of which
    a field may hold many with blanks between.

    Raises NotUnderstood where the view can't be read.
    """
    if "all" not in data:
        ids = (public_id for field in data.getlist("vehicle") for public_id in storable_text(field).split())
        return Chosen(fleet, tuple(dict.fromkeys(ids)))
    view = data.get("view", "")
    return Chosen(fleet, filter=filter_of(fleet, view), view=view)
