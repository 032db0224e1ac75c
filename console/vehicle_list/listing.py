"""A page of the list of vehicles, and what surrounds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from console.vehicle_list import columns, queries, saved, sorting
from console.vehicle_list.forms import MOST_MODELS, ListForm
from console.vehicle_list.last_actions import LastAction, last_actions
from console.vehicle_list.matching import wanted_filter
from fleets.access import only_seen, vehicles_for
from fleets.models import Fleet, Membership, SavedView, Vehicle
from fleets.storage import clock
from remotes.finding.marks import Mark, marks_of, with_stolen_said_at

PAGE_SIZE = 50
# Beyond it we say "more than": nobody needs the exact number, and it would cost a walk over all rows.
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class VehicleRow:
    """A vehicle with its last action, and what marks it."""

    vehicle: Vehicle
    last: LastAction | None
    marks: list[Mark]

    @property
    def charging(self) -> str:
        return charging_word(self.vehicle)


@dataclass(frozen=True)
class Heading:
    """A column's title. `address` is the query for the list in its order, `direction` that of the list now, as ARIA."""

    title: str
    address: str = ""
    direction: str = ""


@dataclass(frozen=True)
class VehiclePage:
    """One page. `next_after` is the token of the next one, empty on the last; `count` goes up to COUNT_LIMIT + 1."""

    rows: list[VehicleRow]
    next_after: str
    count: int

    @property
    def count_is_cut(self) -> bool:
        return self.count > COUNT_LIMIT

    @property
    def shown_count(self) -> int:
        return min(self.count, COUNT_LIMIT)


@dataclass(frozen=True)
class AskedList:
    """What the person asks of the list. `view` is the one that they are on, whether or not they have changed it."""

    member: Membership
    form: ListForm
    views: Sequence[SavedView]
    view: SavedView | None
    opens_with: SavedView | None
    is_lost: bool

    @property
    def wanted(self) -> dict[str, Any]:
        return self.form.cleaned_data

    @property
    def sort(self) -> str:
        return self.wanted.get("sort") or sorting.USUAL

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.wanted.get("col") or columns.USUAL)

    @property
    def vehicles(self) -> QuerySet[Vehicle]:
        """All that match and that the person sees, with what a list shows of them: documents are long."""
        found = only_seen(wanted_filter(self.wanted).of(self.member.fleet), self.member)
        return found.defer("state", "capability_document", "capabilities", "search_text")

    @property
    def address(self) -> str:
        """The query string by which the first page is found again."""
        return self._address(self.wanted)

    @property
    def headings(self) -> list[Heading]:
        """That of the name first. The model has none, since it stands below the name."""
        titles = {"name": gettext("Vehicle")} | {name: str(columns.COLUMNS[name]) for name in self.columns}
        return [self._heading(name, title) for name, title in titles.items() if name != "model"]

    def _heading(self, name: str, title: str) -> Heading:
        if name not in sorting.SORTS:
            return Heading(title)
        # The other way round comes first where that is what one looks for: the newest action, the latest word.
        first, second = (f"-{name}", name) if name in ("heard", "action") else (name, f"-{name}")
        address = self._address(self.wanted | {"sort": second if self.sort == first else first})
        return Heading(title, address, {name: "ascending", f"-{name}": "descending"}.get(self.sort, ""))

    def _address(self, wanted: dict[str, Any]) -> str:
        return queries.address_of(wanted, self.view, opens_with_view=self.opens_with is not None)


def read(member: Membership, query: QueryDict, *, with_models: bool = False) -> AskedList:
    """What the query asks for; a view that it only names stands for all that was saved with it.

    One statement, two `with_models` to choose from. `is_lost`: a view is named that is not there any more.
    """
    views = list(saved.views_of(member))
    named = query.get("view", "")
    opens_with = saved.opened_by(views, member)
    is_bare = queries.names_view_only(query)
    view = saved.with_this_id(views, named) or (opens_with if is_bare and not named else None)
    given = _with_view(query, view) if is_bare and view else query
    form = ListForm(given, fleet=member.fleet, models=models_of(member) if with_models else None)
    form.is_valid()
    return AskedList(member, form, views, view, opens_with, bool(named and named != queries.ALL and view is None))


def page_of(asked: AskedList) -> VehiclePage:
    """Three statements: the vehicles, their number and their actions."""
    after = sorting.read_token(asked.wanted.get("after", ""), asked.sort)
    vehicles = asked.vehicles
    found = sorting.rows_after(with_stolen_said_at(vehicles), asked.sort, after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    is_all = after is None and len(found) == len(shown)
    return VehiclePage(
        rows=rows_of(shown),
        next_after="" if len(found) == len(shown) else sorting.token_after(shown[-1], asked.sort),
        count=len(shown) if is_all else vehicles.order_by()[: COUNT_LIMIT + 1].count(),
    )


def rows_of(vehicles: Sequence[Vehicle]) -> list[VehicleRow]:
    """One statement. The vehicles have `stolen_said_at` (remotes/finding/marks.py)."""
    (last, own), now = last_actions(vehicles), clock.now()
    told_at = {vehicle.pk: vars(vehicle)["stolen_said_at"] for vehicle in vehicles}
    return [
        VehicleRow(vehicle, last.get(vehicle.pk), marks_of(vehicle, own.get(vehicle.pk, {}), told_at[vehicle.pk], now))
        for vehicle in vehicles
    ]


def charging_word(vehicle: Vehicle) -> str:
    """Whether it charges, or is plugged in at all; empty where nobody knows, and for a thermic car."""
    if vehicle.motorization == "Thermic":
        return ""
    if vehicle.is_charging:
        return gettext("Charging")
    words = {True: gettext("Plugged in"), False: gettext("Not plugged in")}
    return words.get(vehicle.is_plugged, "")


def _with_view(query: QueryDict, view: SavedView) -> QueryDict:
    given = QueryDict(view.query, mutable=True)
    given["view"] = view.public_id
    if "after" in query:
        given["after"] = query.get("after", "")
    return given


def models_of(member: Membership) -> list[tuple[str, str]]:
    """The models in the fleet, each with its brand; those of one name only once. One probe of an index for each.

    Whoever sees some of its vehicles only is offered the models of those.
    """
    if member.narrowed:
        own = vehicles_for(member).exclude(model="").order_by("brand", "model").values_list("brand", "model")
        rows = list(own.distinct()[:MOST_MODELS])
    else:
        rows = _models_of(member.fleet)
    found: dict[str, str] = {}
    for brand, model in rows:
        found.setdefault(model, f"{brand} {model}".strip())
    return list(found.items())


def _models_of(fleet: Fleet) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_MODELS, [fleet.pk, fleet.pk, MOST_MODELS])
        return list(cursor.fetchall())


_MODELS = """
WITH RECURSIVE offered AS (
    (SELECT brand, model FROM fleets_vehicle WHERE fleet_id = %s ORDER BY brand, model LIMIT 1)
    UNION ALL
    SELECT following.brand, following.model
    FROM offered, LATERAL (
        SELECT brand, model FROM fleets_vehicle
        WHERE fleet_id = %s AND (brand, model) > (offered.brand, offered.model)
        ORDER BY brand, model LIMIT 1
    ) following
)
SELECT brand, model FROM offered WHERE model <> '' LIMIT %s
"""
