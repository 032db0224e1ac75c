"""Which vehicles a bulk command is for: chosen one by one, or all that a filter means."""

from dataclasses import dataclass

from django.db.models import QuerySet

from fleets.models import Fleet, Vehicle
from remotes.finding.vehicles import VehicleFilter


@dataclass(frozen=True)
class Selection:
    """`vehicles` are public ids; they count where there is no `filter`."""

    vehicles: tuple[str, ...] = ()
    filter: VehicleFilter | None = None

    def of(self, fleet: Fleet) -> QuerySet[Vehicle]:
        """The fleet's vehicles that are meant."""
        if self.filter is None:
            return fleet.vehicles.filter(public_id__in=self.vehicles)
        return self.filter.of(fleet)
