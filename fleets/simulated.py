"""Which fleets are the simulator's: those with a place at a gateway that is simulated. Pages mark them."""

from typing import TypeVar, cast

from django.db.models import Exists, Model, OuterRef, QuerySet

from fleets.models import Fleet, UpstreamFleet

Row = TypeVar("Row", bound=Model)

_SIMULATED = UpstreamFleet.objects.filter(gateway__is_simulated=True)


def with_mark(fleets: QuerySet[Fleet]) -> QuerySet[Fleet]:
    """The same fleets, each of which knows whether it `is_simulated`."""
    return fleets.annotate(  # type: ignore[no-redef]
        is_simulated=Exists(_SIMULATED.filter(fleet=OuterRef("pk")))
    )


def with_mark_of_fleet(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same rows, each with `fleet_is_simulated` of its fleet."""
    marked = rows.annotate(fleet_is_simulated=Exists(_SIMULATED.filter(fleet=OuterRef("fleet"))))
    return cast("QuerySet[Row]", marked)
