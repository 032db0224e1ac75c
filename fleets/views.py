"""Pages: fleets, and the vehicles of a fleet."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fleets.access import fleets_of
from fleets.forms import VehicleSearchForm
from fleets.pages import PageRequest, person_page, wants_fragment
from fleets.search import matching, page_of


@require_safe
@person_page
def fleets(request: PageRequest) -> HttpResponse:
    """The fleets that the person belongs to."""
    rows = fleets_of(request.user).annotate(vehicle_count=Count("vehicles"))
    return render(request, "fleets/fleets.html", {"fleets": rows})


@require_safe
@person_page
def vehicles(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The vehicles of a fleet; htmx, while the person types, gets the list only."""
    fleet = get_object_or_404(fleets_of(request.user), public_id=fleet_id)
    form = VehicleSearchForm(request.GET)
    form.is_valid()
    page = page_of(matching(fleet.vehicles.all(), form.words), form.start)
    template = "fleets/vehicle_list.html" if wants_fragment(request) else "fleets/vehicles.html"
    return render(request, template, {"fleet": fleet, "form": form, "page": page})
