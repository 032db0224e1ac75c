"""Pages: a vehicle, its commands and its history."""

from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from fleets.access import may_command, vehicles_of
from fleets.models import Vehicle
from fleets.pages import PageRequest, person_fragment, person_page, wants_fragment
from fleets.vehicle_state import state_rows
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import Remote
from remotes.forms import REMOTE_FORMS, CommandForm, HistoryForm, RemoteForm
from remotes.history import history_page
from remotes.panel import is_able, neighbours_of, panel_of, warning_of
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


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_action(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """GET the form of a remote type; POST shows what it would change, asks for the confirmation, or sends."""
    found = _find(request, fleet_id, vehicle_id)
    if not may_command(request.user, found.fleet):
        return _forbidden(request, found)
    form_class = REMOTE_FORMS.get(request.GET.get("type", ""))
    if form_class is None:
        raise Http404
    remote_type = REMOTE_TYPES[form_class.type_name]
    if not is_able(found, remote_type):
        return _not_able(request, found, f"{found} can't do this: {remote_type.title}.")
    if request.method != "POST":
        return _options(request, form_class(vehicle=found))
    form = form_class(request.POST, vehicle=found)
    if "draft" in request.POST:
        return _draft(request, form.draft())
    if not form.is_valid():
        return _options(request, form)
    if remote_type.dangerous and "confirmed" not in request.POST:
        return _options_confirmation(request, form)
    return _send_form(request, form)


def _send(request: PageRequest, vehicle: Vehicle, form: CommandForm) -> HttpResponse:
    remote_type, command = form.chosen
    try:
        _ask(request, vehicle, Remote(remote_type, command.payload))
    except NotPossible as error:
        form.add_error("command", str(error))
        return _refused(request, vehicle, form)
    return _sent(request, vehicle)


def _send_form(request: PageRequest, form: RemoteForm) -> HttpResponse:
    try:
        _ask(request, form.vehicle, form.remote)
    except NotPossible as error:
        form.add_error(None, str(error))
        return _options(request, form)
    return _sent(request, form.vehicle)


def _ask(request: PageRequest, vehicle: Vehicle, remote: Remote) -> None:
    with transaction.atomic():
        request_action(vehicle, remote, user=request.user)


def _sent(request: PageRequest, vehicle: Vehicle) -> HttpResponse:
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
    return _not_able(request, vehicle, form.first_error, form.asked)


def _not_able(request: PageRequest, vehicle: Vehicle, error: str, asked: str = "") -> HttpResponse:
    panel = panel_of(vehicle, error, asked)
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
    context = {"fleet": vehicle.fleet, "vehicle": vehicle, "command": command, "warning": warning_of(command.name)}
    return _dialog(request, "vehicle/confirm.html", "vehicle/confirm_form.html", context)


def _options(request: PageRequest, form: RemoteForm) -> HttpResponse:
    """The form of a remote type; 422 where something in it is wrong."""
    context = _form_context(form) | {"neighbours": neighbours_of(form.vehicle, form.remote_type)}
    status = 422 if form.errors else 200
    return _dialog(request, "vehicle/options/page.html", "vehicle/options/form.html", context, status)


def _draft(request: PageRequest, form: RemoteForm) -> HttpResponse:
    """The form as far as it is filled in; only what it would change, for the page that asks while one types."""
    if request.htmx.target == "changes":
        return render(request, "vehicle/options/changes.html", _form_context(form))
    return _options(request, form)


def _options_confirmation(request: PageRequest, form: RemoteForm) -> HttpResponse:
    """Asks whether it is meant, with all that was filled in kept."""
    left_out = ("csrfmiddlewaretoken", "confirmed", "draft")
    filled = [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
    context = _form_context(form) | {"filled": filled, "warning": warning_of(form.chosen.command)}
    return _dialog(request, "vehicle/options/confirm_page.html", "vehicle/options/confirm.html", context)


def _form_context(form: RemoteForm) -> dict[str, Any]:
    return {"fleet": form.vehicle.fleet, "vehicle": form.vehicle, "form": form, "remote_type": form.remote_type}


def _dialog(request: PageRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of its own, or its content for the dialog of the page that asks."""
    if not wants_fragment(request):
        return render(request, page, context, status=status)
    return _instead(render(request, fragment, context, status=status), "#confirm", "innerHTML")


def _instead(response: HttpResponse, target: str, swap: Literal["innerHTML", "outerHTML"]) -> HttpResponse:
    """Tell htmx to put the answer into another place than the one that it asked for."""
    return reswap(retarget(response, target), swap)


def _to_page(vehicle: Vehicle) -> HttpResponse:
    """Back to the vehicle's page, by GET whatever came before."""
    response = redirect("vehicle", vehicle.fleet.public_id, vehicle.public_id)
    response.status_code = 303
    return response
