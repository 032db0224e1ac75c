"""What goes on in fleets and vehicles, for pages of the room below that know no actions: one query a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from fleets.models import Fleet, Vehicle
from protocol.statuses import FAILED
from remotes.history import Entry, entry_of
from remotes.models import OPEN_STATES, RemoteAction

register = template.Library()

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class FleetActivity:
    fleet: Fleet
    under_way: int
    failed: int


@dataclass(frozen=True)
class VehicleActivity:
    vehicle: Vehicle
    last: Entry | None


@register.simple_tag
def with_activity(fleets: Iterable[Fleet]) -> list[FleetActivity]:
    """Each fleet with the number of its actions under way, and of those that failed in the last 24 hours."""
    rows = list(fleets)
    actions = RemoteAction.objects.filter(fleet__in=rows).order_by()
    numbers = actions.values("fleet_id").annotate(number=Count("pk"))
    under_way = dict(numbers.filter(state__in=OPEN_STATES).values_list("fleet_id", "number"))
    failed = dict(
        numbers.filter(status=FAILED, finished_at__gte=timezone.now() - LATELY).values_list("fleet_id", "number")
    )
    return [FleetActivity(fleet, under_way.get(fleet.pk, 0), failed.get(fleet.pk, 0)) for fleet in rows]


@register.simple_tag
def with_last_action(vehicles: Iterable[Vehicle]) -> list[VehicleActivity]:
    """Each vehicle with its last action."""
    rows = list(vehicles)
    newest = RemoteAction.objects.filter(vehicle=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    keys = Vehicle.objects.filter(pk__in=[row.pk for row in rows]).order_by().values_list(Subquery(newest))
    actions = RemoteAction.objects.filter(pk__in=keys).select_related("user", "api_client")
    last = {action.vehicle_id: entry_of(action) for action in actions}
    return [VehicleActivity(row, last.get(row.pk)) for row in rows]
