"""Pages: the fleets."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.requests import PageRequest, person_page
from fleets.access import fleets_of


@require_safe
@person_page
def fleets(request: PageRequest) -> HttpResponse:
    """The fleets that the person belongs to."""
    rows = fleets_of(request.user).annotate(vehicle_count=Count("vehicles"))
    return render(request, "fleets/fleets.html", {"fleets": rows, "now": timezone.now()})
