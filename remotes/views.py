"""Pages: a vehicle, its commands and its history."""

from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from fleets.access import may_command, vehicles_of
from fleets.models import Vehicle
from fleets.pages import PageRequest, person_fragment, person_page, wants_fragment
from fleets.vehicle_state import state_rows
from protocol.v3 import Remote
from remotes.forms import CommandForm, HistoryForm
from remotes.history import history_page
from remotes.panel import panel_of, warning_of
from remotes.requests import NotPossible, request_action

NO_RIGHT = "You may look at this fleet but not send commands. Ask whoever manages your rights to make you a manager."


@require_safe
@person_page
def vehicle(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """A vehicle: state, commands and history."""
    return _page(request, _find(request, fleet_id, vehicle_id))


@require_safe
@person_fragment
def vehicle_news(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """What changes by itself on a vehicle's page: its state and its history."""
    found = _find(request, fleet_id, vehicle_id)
    return render(request, "vehicle/news.html", _news(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def send_action(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """POST a command; GET asks for the confirmation of a dangerous one."""
    found = _find(request, fleet_id, vehicle_id)
    if not may_command(request.user, found.fleet):
        return _forbidden(request, found)
    form = CommandForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return _refused(request, found, form) if request.method == "POST" else _to_page(found)
    if form.needs_confirmation:
        return _confirmation(request, found, form)
    if request.method != "POST":
        return _to_page(found)
    return _send(request, found, form)


def _send(request: PageRequest, vehicle: Vehicle, form: CommandForm) -> HttpResponse:
    remote_type, command = form.chosen
    try:
        with transaction.atomic():
            request_action(vehicle, Remote(remote_type, command.payload), user=request.user)
    except NotPossible as error:
        form.add_error("command", str(error))
        return _refused(request, vehicle, form)
    if wants_fragment(request):
        context = _news(request, vehicle) | {"panel_too": True}
        return render(request, "vehicle/news.html", context)
    return _to_page(vehicle)


def _find(request: PageRequest, fleet_id: str, vehicle_id: str) -> Vehicle:
    rows = vehicles_of(request.user).select_related("fleet", "gateway")
    return get_object_or_404(rows, fleet__public_id=fleet_id, public_id=vehicle_id)


def _news(request: PageRequest, vehicle: Vehicle) -> dict[str, Any]:
    return {
        "fleet": vehicle.fleet,
        "vehicle": vehicle,
        "may_command": may_command(request.user, vehicle.fleet),
        "panel": panel_of(vehicle),
        "state_rows": state_rows(vehicle.state),
        "history": history_page(vehicle, HistoryForm(request.GET).start),
    }


def _page(request: PageRequest, vehicle: Vehicle, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "vehicle/page.html", _news(request, vehicle) | more, status=status)


def _refused(request: PageRequest, vehicle: Vehicle, form: CommandForm) -> HttpResponse:
    """The panel again, with the error beside its button."""
    panel = panel_of(vehicle, form.first_error, form.asked)
    if not wants_fragment(request):
        return _page(request, vehicle, status=422, panel=panel)
    context = {"fleet": vehicle.fleet, "vehicle": vehicle, "may_command": True, "panel": panel}
    return _instead(render(request, "vehicle/panel.html", context, status=422), "#commands", "outerHTML")


def _forbidden(request: PageRequest, vehicle: Vehicle) -> HttpResponse:
    if not wants_fragment(request):
        raise PermissionDenied(NO_RIGHT)
    context = {"fleet": vehicle.fleet, "vehicle": vehicle, "may_command": False, "panel": panel_of(vehicle)}
    return _instead(render(request, "vehicle/panel.html", context, status=403), "#commands", "outerHTML")


def _confirmation(request: PageRequest, vehicle: Vehicle, form: CommandForm) -> HttpResponse:
    """Asks whether it is meant: in a dialog on the page, or as a page of its own."""
    _, command = form.chosen
    context = {"fleet": vehicle.fleet, "vehicle": vehicle, "command": command, "warning": warning_of(command)}
    if not wants_fragment(request):
        return render(request, "vehicle/confirm.html", context)
    return _instead(render(request, "vehicle/confirm_form.html", context), "#confirm", "innerHTML")


def _instead(response: HttpResponse, target: str, swap: Literal["innerHTML", "outerHTML"]) -> HttpResponse:
    """Tell htmx to put the answer into another place than the one that it asked for."""
    return reswap(retarget(response, target), swap)


def _to_page(vehicle: Vehicle) -> HttpResponse:
    """Back to the vehicle's page, by GET whatever came before."""
    response = redirect("vehicle", vehicle.fleet.public_id, vehicle.public_id)
    response.status_code = 303
    return response
