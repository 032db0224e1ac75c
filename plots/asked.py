"""Whose figure it is, and of what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import number_format

from fleets.access import is_narrowed, seen_in
from fleets.models import Fleet
from plots.choosing import PlotForm, Span, moment
from plots.figure import Point
from remotes.models import FleetRules
from remotes.rollups.bins import Bin
from remotes.rollups.counting import Selection


@dataclass(frozen=True)
class Asked:
    """What a person asks of their fleet."""

    fleet: Fleet
    rules: FleetRules
    form: PlotForm
    now: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return self.rules.zone

    @cached_property
    def span(self) -> Span:
        return self.form.bins(self.now, self.zone)

    @property
    def is_narrowed(self) -> bool:
        return is_narrowed(self.fleet)

    @property
    def selection(self) -> Selection:
        """Of the vehicles that they see."""
        vehicles = seen_in(self.fleet).order_by() if self.is_narrowed else None
        return Selection(self.fleet.pk, self.form.only_type, self.form.only_model, vehicles)

    def actions(self, one: Bin | None, **more: str | None) -> str:
        """The list of the actions that ended then, and are what else is said."""
        given = {"type": self.form.only_type, "model": self.form.only_model, **more}
        if one is not None:
            given |= {"from": moment(one.start, self.zone), "to": moment(one.end, self.zone)}
        return f"{self._list}?{_query(given)}"

    @cached_property
    def _list(self) -> str:
        """Looked up once, for hundreds of points."""
        return reverse("actions", args=[self.fleet.public_id])

    def page(self, name: str, *args: str, **query: str | None) -> str:
        """The address of a page of the fleet."""
        text = _query(query)
        return reverse(name, args=[self.fleet.public_id, *args]) + (f"?{text}" if text else "")


def _query(given: Mapping[str, str | None]) -> str:
    return urlencode({name: value for name, value in given.items() if value}, safe=":")


def counted_point(number: int, page: Callable[..., str], *of: Any, **query: Any) -> Point:
    """So many, which the page of these lists; nothing leads nowhere."""
    return Point(number, whole(number), page(*of, **query)) if number else Point(0, "0")


def whole(number: float) -> str:
    """As people write it: 10,000."""
    return str(number_format(round(number), force_grouping=True)) if number >= 1000 else str(round(number))
