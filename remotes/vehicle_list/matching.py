"""Which vehicles of a fleet a list is about."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from fleets.models import Fleet, Vehicle
from fleets.search import matching
from remotes.models import OPEN_STATES, RemoteAction, RemoteEvent
from remotes.vehicle_list.forms import ListForm
from remotes.vehicle_list.last_actions import with_cause, with_outcome
from remotes.waits import scaled
from remotes.wake_ups import AWAKE, HEARD

Vehicles = QuerySet[Vehicle]
Filter = Callable[[Vehicles, Any, Fleet], Vehicles]


def vehicles_matching(fleet: Fleet, query: str) -> QuerySet[Vehicle]:
    """The fleet's vehicles that a list with this query string shows, as in SavedView.query, on all of its pages.

    None where the query can't be read: it must not stand for the whole fleet.
    """
    form = ListForm(QueryDict(query), fleet=fleet)
    return narrowed(fleet, form.cleaned_data) if form.is_valid() else fleet.vehicles.none()


def narrowed(fleet: Fleet, wanted: Mapping[str, Any]) -> QuerySet[Vehicle]:
    """The fleet's vehicles with what is wanted of them: values of ListForm by the names of its fields."""
    vehicles: Vehicles = fleet.vehicles.all()
    for name, narrow in _FILTERS.items():
        value = wanted.get(name)
        if value not in (None, ""):
            vehicles = narrow(vehicles, value, fleet)
    return vehicles


def _awake(vehicles: Vehicles, value: str, fleet: Fleet) -> Vehicles:
    """As remotes/wake_ups.py tells it; what was heard lately belongs to an action that is open or ended lately."""
    since = timezone.now() - scaled(AWAKE)
    lately = RemoteAction.objects.filter(Q(finished_at__gt=since) | Q(state__in=OPEN_STATES), fleet=fleet).order_by()
    events = RemoteEvent.objects.filter(action__in=lately, status__in=HEARD, effective_at__gt=since)
    heard = Q(pk__in=events.order_by().values("action__vehicle"))
    return vehicles.filter(heard if value == "yes" else ~heard)


def _can(vehicles: Vehicles, remote_type: str, _fleet: Fleet) -> Vehicles:
    """Not known counts as yes, as in Vehicle.can."""
    return vehicles.filter(Q(capabilities__isnull=True) | Q(capabilities__contains=[remote_type]))


_FILTERS: dict[str, Filter] = {
    "q": lambda vehicles, words, _fleet: matching(vehicles, words),
    "model": lambda vehicles, model, _fleet: vehicles.filter(model=model),
    "energy": lambda vehicles, motorization, _fleet: vehicles.filter(motorization=motorization),
    "below": lambda vehicles, percent, _fleet: vehicles.filter(energy_level__lt=percent),
    "doors": lambda vehicles, value, _fleet: vehicles.filter(is_locked=value == "locked"),
    "awake": _awake,
    "listed": lambda vehicles, value, _fleet: vehicles.filter(gone_at__isnull=value == "yes"),
    "outcome": lambda vehicles, outcome, _fleet: with_outcome(vehicles, outcome),
    "cause": lambda vehicles, cause, _fleet: with_cause(vehicles, cause),
    "can": _can,
}
