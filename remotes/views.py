"""Pages: a vehicle, its commands and its history."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def vehicle(request: HttpRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    return HttpResponse("")


@login_required
def send_action(request: HttpRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    return HttpResponse("")


@login_required
def vehicle_news(request: HttpRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    return HttpResponse("")
