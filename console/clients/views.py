"""Pages: the API clients of a fleet or of all, and one of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.clients.listing import client_rows, page_of
from console.clients.pages import find_client
from console.requests import PageRequest, person_page
from console.rights import check_admin, find_fleet
from fleets.models import ApiClient
from fleets.rights import Right


@require_safe
@person_page
def clients(request: PageRequest, fleet_id: str = "") -> HttpResponse:
    """Those that use the fleet; without one, all there are, for admins."""
    if not fleet_id:
        check_admin(request)
        return render(request, "clients/all.html", {"rows": client_rows(ApiClient.objects.all())})
    fleet = find_fleet(request, fleet_id, Right.CHANGE_CLIENTS)
    rows = client_rows(ApiClient.objects.filter(pk__in=fleet.api_clients.values("pk")))
    return render(request, "clients/clients.html", {"fleet": fleet, "rows": rows})


@require_safe
@person_page
def client(request: PageRequest, client_id: str) -> HttpResponse:
    """One client: what it may, who answers for it, and its passwords."""
    return render(request, "clients/client.html", page_of(request.user, find_client(request, client_id)))
