"""Pages: the saved commands of a fleet: made from the form of a remote type, renamed, deleted, sent to a vehicle."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import saved_commands as changes
from console.bulk.forms import stand_in
from console.forms import REMOTE_FORMS, RemoteForm
from console.requests import PageRequest, person_page, see
from console.rights import check_sends, find_fleet, find_in_fleet, member_in
from console.saved_commands.forms import NameForm
from console.saved_commands.listing import rows_of, types_to_save
from console.schedules.prepared import dangerous_titles, judge, options_of
from console.vehicle.pages import changed, dialog, vehicle_page
from console.vehicle.tabs.news import tell_look
from fleets.access import seen_in
from fleets.models import Fleet, Vehicle
from fleets.rights import Right
from fleets.words.why import say
from protocol.storable import storable_text
from remotes.asking.ask import NotPossible
from remotes.models import SavedCommand


@require_safe
@person_page
def saved_commands(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The commands that the fleet has saved."""
    fleet = find_fleet(request, fleet_id)
    member = member_in(request, fleet)
    context = {
        "fleet": fleet,
        "rows": rows_of(fleet),
        "types": types_to_save(member.sends),
        "dangerous": dangerous_titles(),
        "may_command": member.may(Right.CHANGE_COMMANDS),
    }
    return render(request, "saved_commands/commands.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_command(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The form of a remote type and a name; with `save` it is saved. A `vehicle` is the one whose page has led here."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_COMMANDS)
    given = request.POST if request.method == "POST" else request.GET
    vehicles = seen_in(fleet).select_related("gateway")
    vehicle = vehicles.filter(public_id=storable_text(given.get("vehicle", ""))).first()
    if vehicle is not None:
        vehicle.fleet = fleet
    kind = request.GET.get("type", "")
    blank = options_of(kind, vehicle or stand_in(fleet))
    if kind in REMOTE_FORMS:
        check_sends(request, fleet, kind)
    if blank is None:
        return see("saved-commands", fleet.public_id)
    if request.method != "POST":
        return _form(request, fleet, vehicle, blank, NameForm(fleet=fleet))
    options = type(blank)(request.POST, vehicle=blank.vehicle)
    if "save" in request.POST:
        return _save(request, fleet, vehicle, options)
    if request.htmx.target == "changes":
        return render(request, "forms/changes.html", {"form": options.draft()})
    name = NameForm(fleet=fleet)
    name.initial = {"name": request.POST.get("name", "")}
    return _form(request, fleet, vehicle, options.draft(), name)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def rename_command(request: PageRequest, fleet_id: str, command_id: str) -> HttpResponse:
    """GET asks for another name; POST gives it."""
    command = _find(request, fleet_id, command_id, Right.CHANGE_COMMANDS)
    form = NameForm(request.POST if request.method == "POST" else None, fleet=command.fleet, command=command)
    if form.is_valid():
        try:
            changes.rename(command, form.given, request.user)
        except changes.NameTaken:
            _say_taken(form)
        else:
            return see("saved-commands", command.fleet.public_id)
    context = {"fleet": command.fleet, "command": command, "form": form}
    return render(request, "saved_commands/rename.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def delete_command(request: PageRequest, fleet_id: str, command_id: str) -> HttpResponse:
    """GET asks whether it is meant; POST deletes it."""
    command = _find(request, fleet_id, command_id, Right.CHANGE_COMMANDS)
    if request.method != "POST":
        context = {"fleet": command.fleet, "command": command, "number": command.schedules.count()}
        return render(request, "saved_commands/delete.html", context)
    changes.delete(command, request.user)
    messages.success(request, _("The command “%(name)s” is deleted.") % {"name": command.name})
    return see("saved-commands", command.fleet.public_id)


@require_POST
@vehicle_page(Right.SEND)
def send_command(request: PageRequest, vehicle: Vehicle, command_id: str) -> HttpResponse:
    """Send it to the vehicle, with one click."""
    command = _find(request, vehicle.fleet.public_id, command_id)
    try:
        changes.send(command, vehicle, request.user)
    except NotPossible as error:
        messages.error(request, f"{command.name}: {say(error.why)}")
    return changed(request, vehicle)


def _find(request: PageRequest, fleet_id: str, command_id: str, right: Right = Right.SEND) -> SavedCommand:
    """The command with its fleet, which is one of the person's; a 404 for another one, a 403 without the right.

    A 403 too where they may not send its type: what it is called decides what others press.
    """
    found = find_in_fleet(request, SavedCommand.objects.all(), fleet_id, command_id, right)
    check_sends(request, found.fleet, found.remote_type)
    return found


def _save(request: PageRequest, fleet: Fleet, vehicle: Vehicle | None, options: RemoteForm) -> HttpResponse:
    name = NameForm(request.POST, fleet=fleet)
    # Both are judged, so that all that is wrong is told at once.
    is_fit = judge(options)
    if not name.is_valid() or not is_fit:
        return _form(request, fleet, vehicle, options, name)
    try:
        command = changes.save(fleet, name.given, options.remote, request.user)
    except changes.NameTaken:
        _say_taken(name)
        return _form(request, fleet, vehicle, options, name)
    messages.success(request, _("“%(name)s” is saved: one click sends it.") % {"name": command.name})
    return changed(request, vehicle) if vehicle else see("saved-commands", fleet.public_id)


def _form(
    request: PageRequest, fleet: Fleet, vehicle: Vehicle | None, options: RemoteForm, name: NameForm
) -> HttpResponse:
    """On a page of its own, or in the dialog of the vehicle's page; 422 where something in it is wrong."""
    if vehicle is not None and options.shows_position:
        tell_look(request, vehicle)
    context: dict[str, Any] = {
        "fleet": fleet,
        "vehicle": options.vehicle,
        "shown_vehicle": vehicle,
        "form": options,
        "remote_type": options.remote_type,
        "name_form": name,
        "many": vehicle is None,
    }
    status = 422 if options.errors or name.errors else 200
    return dialog(request, "saved_commands/new.html", "saved_commands/form.html", context, status)


def _say_taken(form: NameForm) -> None:
    form.add_error("name", _("This fleet has a command with this name already."))
