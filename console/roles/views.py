"""Pages: what each role may, for everybody, and who has which rights in a fleet."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.requests import PageRequest, person_page
from console.rights import find_fleet
from console.roles import table
from console.roles.in_fleet import clients_in, people_in
from fleets.rights import Right


@require_safe
@person_page
def rights(request: PageRequest) -> HttpResponse:
    """The table of rights."""
    context = {
        "names": table.role_names(),
        "help": table.role_help(),
        "rights": table.lines_of_rights(),
        "types": table.lines_of_types(),
    }
    return render(request, "roles/rights.html", context)


@require_safe
@person_page
def fleet_rights(request: PageRequest, fleet_id: str) -> HttpResponse:
    """Who may what in the fleet, and which services may act alone."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    context = {"fleet": fleet, "people": people_in(fleet), "clients": clients_in(fleet)}
    return render(request, "roles/fleet.html", context)
