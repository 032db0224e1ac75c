"""Which vehicles a person has chosen on the list, and how the forms that follow carry it on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from campaigns.bulk.choosing import Selection
from console.vehicle_list.matching import filter_of
from fleets.models import Fleet, Vehicle


@dataclass(frozen=True)
class Chosen:
    """`view` is the list's query string, empty for all; None where vehicles were chosen one by one."""

    fleet: Fleet
    selection: Selection
    view: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.view is None and not self.selection.vehicles

    @property
    def vehicles(self) -> QuerySet[Vehicle]:
        return self.selection.of(self.fleet)

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """The names and values by which a form carries it on."""
        if self.view is not None:
            yield "all", "yes"
            yield "view", self.view
        else:
            yield from (("vehicle", public_id) for public_id in self.selection.vehicles)


def read_chosen(fleet: Fleet, data: QueryDict) -> Chosen:
    """From the list's form: with `all`, those that its `view` shows, whatever is ticked; else each `vehicle`.

    Raises NotUnderstood where the view can't be read.
    """
    if "all" not in data:
        return Chosen(fleet, Selection(tuple(dict.fromkeys(data.getlist("vehicle")))))
    view = data.get("view", "")
    return Chosen(fleet, Selection(filter=filter_of(fleet, view)), view)
