"""What goes on in fleets, for pages of the room below that know no actions: one query a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone

from fleets.access import vehicles_of
from fleets.models import Fleet
from protocol.statuses import FAILED
from remotes.models import OPEN_STATES, RemoteAction

register = template.Library()

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class FleetActivity:
    fleet: Fleet
    under_way: int
    failed: int


@register.simple_tag
def with_activity(fleets: Iterable[Fleet], user: User) -> list[FleetActivity]:
    """Each fleet with the number of its actions under way, and of those that failed in the last 24 hours.

    Where the person does not see all of a fleet (`sees_all`), those of the vehicles that they see.
    """
    rows = list(fleets)
    some = [fleet for fleet in rows if not vars(fleet).get("sees_all")]
    seen = Q(fleet__in=rows)
    if some:
        whole = [fleet for fleet in rows if fleet not in some]
        seen = Q(fleet__in=whole) | Q(fleet__in=some, vehicle__in=vehicles_of(user).filter(fleet__in=some))
    actions = RemoteAction.objects.filter(seen).order_by()
    numbers = actions.values("fleet_id").annotate(number=Count("pk"))
    under_way = dict(numbers.filter(state__in=OPEN_STATES).values_list("fleet_id", "number"))
    lately = numbers.filter(status=FAILED, finished_at__gte=timezone.now() - LATELY)
    failed = dict(lately.exclude(state=RemoteAction.State.CANCELLED).values_list("fleet_id", "number"))
    return [FleetActivity(fleet, under_way.get(fleet.pk, 0), failed.get(fleet.pk, 0)) for fleet in rows]
