"""A view of the list of vehicles as the filter that it stands for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.http import QueryDict

from console.vehicle_list.forms import ListForm
from fleets.models import Fleet
from protocol.why import Why
from remotes.finding.vehicles import NotUnderstood, VehicleFilter
from remotes.words import codes


def filter_of(fleet: Fleet, query: str) -> VehicleFilter:
    """Which vehicles a list with this query string shows, as in SavedView.query, on all of its pages.

    Raises NotUnderstood where the query can't be read: it must not stand for the whole fleet.
    """
    form = ListForm(QueryDict(query), fleet=fleet)
    if not form.is_valid():
        raise NotUnderstood(Why(codes.NOT_KNOWN, name=", ".join(form.errors)))
    return wanted_filter(form.cleaned_data)


def wanted_filter(wanted: Mapping[str, Any]) -> VehicleFilter:
    """From the values of a valid ListForm."""
    names = [field.name for field in fields(VehicleFilter)]
    return VehicleFilter(**{name: wanted[name] for name in names if wanted.get(name) not in (None, "")})
