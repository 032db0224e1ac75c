"""Pages: the vehicles of a fleet, and the same list as CSV."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.exports import download
from console.requests import PageRequest, person_page, wants_fragment
from console.rights import find_member
from console.vehicle_list import listing, queries, saved, table
from fleets.audit.entries import About
from fleets.rights import Right


@require_safe
@person_page
def vehicles(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The vehicles of a fleet; htmx, while the person types and chooses, gets the list only."""
    member = find_member(request, fleet_id)
    is_whole = not wants_fragment(request)
    asked = listing.read(member, request.GET, with_models=is_whole)
    context = {
        "fleet": member.fleet,
        "asked": asked,
        "form": asked.form,
        "page": listing.page_of(asked),
        "may_command": member.may(Right.SEND_MANY),
        "may_change_vehicles": member.may(Right.CHANGE_VEHICLES),
        "query": queries.query_of(asked.wanted),
        "filters": queries.filters_of(asked.wanted),
        "is_fragment": not is_whole,
        "list_url": reverse("vehicles", args=[fleet_id]),
        "now": timezone.now(),
        "may_change_view": asked.view is not None and saved.may_change(member, asked.view),
    }
    if is_whole:
        return render(request, "vehicle_list/vehicles.html", context)
    response = render(request, "vehicle_list/vehicle_list.html", context)
    # The address without what is empty or usual.
    response["HX-Replace-Url"] = "?".join(filter(None, [reverse("vehicles", args=[fleet_id]), asked.address]))
    return response


@require_safe
@person_page
def vehicle_table(request: PageRequest, fleet_id: str) -> HttpResponseBase:
    """All vehicles that the list shows, with its columns and in its order, as CSV."""
    member = find_member(request, fleet_id)
    lines = table.lines(listing.read(member, request.GET))
    about = About(fleet_id, member.fleet_id)
    return download(request, lines, f"{member.fleet}.csv", about=about, what="the vehicles")
