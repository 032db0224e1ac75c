"""The query string of the list of vehicles in its one form: what is asked for in the fields' order, nothing empty."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from console.vehicle_list import columns, sorting
from console.vehicle_list.forms import ListForm
from fleets.models import SavedView

# Means all vehicles where another view would open by itself.
ALL = "all"


def query_of(wanted: Mapping[str, Any]) -> str:
    """The query string for values of ListForm; its usual order and columns are left out."""
    query = QueryDict(mutable=True)
    for name in ListForm.base_fields:
        if name in ("after", "view"):
            continue
        value = wanted.get(name)
        if value in (None, "", []) or (name, value) == ("sort", sorting.USUAL):
            continue
        if name == "col" and tuple(value) == columns.USUAL:
            continue
        query.setlist(name, [str(item) for item in value] if isinstance(value, list) else [str(value)])
    return query.urlencode()


def filters_of(wanted: Mapping[str, Any]) -> str:
    """The same without order and columns: which vehicles, not how they are shown."""
    return query_of({name: value for name, value in wanted.items() if name not in ("sort", "col")})


def address_of(wanted: Mapping[str, Any], view: SavedView | None, *, opens_with_view: bool) -> str:
    """The query string by which this page is found again, on `view` or having left it.

    `opens_with_view`: without any query another view would be shown.
    """
    query = query_of(wanted)
    if view is None:
        return query or (f"view={ALL}" if opens_with_view else "")
    if query == view.query:
        return f"view={view.public_id}"
    return f"view={view.public_id}&{query or 'q='}"


def names_view_only(query: QueryDict) -> bool:
    """Whether nothing is asked for but a view, or nothing at all."""
    return not set(query) - {"view", "after"}
