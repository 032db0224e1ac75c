"""Pages: fleets, and the vehicles of a fleet."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def fleets(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@login_required
def vehicles(request: HttpRequest, fleet_id: str) -> HttpResponse:
    return HttpResponse("")
