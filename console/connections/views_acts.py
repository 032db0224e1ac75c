"""Changes: enter an account, begin the test, choose fleets, take the former credentials back, remove what was begun."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from connections import running
from connections.draft import BeingConnected, Wanted, connection_of, enter, of_gateway, take_back
from connections.models import Connection
from console.connections.forms import SHOWN, AccountForm
from console.connections.pages import described, fleets_form, vehicle_to_try
from console.connections.views import context_of, find
from console.requests import PageRequest, person_page, see
from console.rights import check_admin
from fleets.models import Gateway
from fleets.models.gateway import PLACE


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_connection(request: PageRequest) -> HttpResponse:
    """GET the form; POST keeps what was entered and begins the test."""
    check_admin(request)
    return _enter(request, Connection())


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def edit_connection(request: PageRequest, connection_id: str) -> HttpResponse:
    """The same with other credentials, which take over once they were tried."""
    found = find(request, connection_id)
    with transaction.atomic():
        return _enter(request, connection_of(found.name))


def _enter(request: PageRequest, found: Connection) -> HttpResponse:
    initial = {name: getattr(found, name) for name in ("name", *PLACE, *SHOWN)}
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AccountForm(*given, connection=found, initial=initial)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"form": form, "connection": found, "identity": described(found.certificate)}
        return render(request, "connections/form.html", context, status=status)
    wanted = Wanted(
        dialect=form.cleaned_data["dialect"],
        base_url=form.cleaned_data["base_url"],
        credentials=form.credentials,
        asked_by=request.user,
    )
    try:
        entered = enter(form.cleaned_data["name"], wanted)
    except BeingConnected:
        messages.warning(request, gettext("It is being checked already."))
        return see("connection", found.public_id)
    _start(request, entered)
    return see("connection", entered.public_id)


@require_POST
@person_page
def check_gateway(request: PageRequest, gateway_id: int) -> HttpResponse:
    """Check a gateway that was made in another way: from now on it has its page here."""
    check_admin(request)
    gateway = get_object_or_404(Gateway, pk=gateway_id)
    with transaction.atomic():
        found = connection_of(gateway.name)
        if not found.pk:
            of_gateway(found, request.user)
        _start(request, found)
    return see("connection", found.public_id)


@require_POST
@person_page
def run_connection(request: PageRequest, connection_id: str) -> HttpResponse:
    """Check all again, from the first step; with a vehicle where one is chosen."""
    found = find(request, connection_id)
    vehicle = vehicle_to_try(found, request.POST.get("vehicle", ""))
    found.sends, found.vehicle, found.asked_by = vehicle is not None, vehicle, request.user
    found.save(update_fields=["sends", "vehicle", "asked_by", "updated_at"])
    _start(request, found)
    return see("connection", found.public_id)


@require_POST
@person_page
def choose_fleets(request: PageRequest, connection_id: str) -> HttpResponse:
    """Which fleets are taken over; then it goes on."""
    found = find(request, connection_id)
    form = fleets_form(found, request.POST)
    if not form.is_valid():
        return render(request, "connections/connection.html", context_of(found, form=form), status=422)
    with transaction.atomic():
        waits = Connection.objects.select_for_update().filter(pk=found.pk, state=Connection.State.CHOOSING).first()
        # A second click finds it chosen.
        if waits is not None:
            waits.wanted_fleets, waits.takes_all_fleets = form.wanted, form.cleaned_data["takes_all"]
            waits.time_zone = form.cleaned_data["zone"]
            waits.api_client, waits.chosen_by = form.cleaned_data["api_client"], request.user
            chosen = ("wanted_fleets", "takes_all_fleets", "time_zone", "api_client", "chosen_by")
            waits.save(update_fields=[*chosen, "updated_at"])
            waits.managers.set(form.cleaned_data["managers"])
            running.go_on(waits)
    return see("connection", found.public_id)


@require_POST
@person_page
def go_on(request: PageRequest, connection_id: str) -> HttpResponse:
    """Go on from the step that failed."""
    found = find(request, connection_id)
    running.go_on(found)
    return see("connection", found.public_id)


@require_POST
@person_page
def take_back_credentials(request: PageRequest, connection_id: str) -> HttpResponse:
    """Use the former credentials again, and check."""
    found = find(request, connection_id)
    if take_back(found):
        messages.success(request, gettext("The former credentials are in use again."))
        _start(request, found)
    return see("connection", found.public_id)


@require_POST
@person_page
def remove_connection(request: PageRequest, connection_id: str) -> HttpResponse:
    """Forget what was begun; what is connected stays."""
    found = find(request, connection_id)
    rows = Connection.objects.filter(pk=found.pk, gateway=None).exclude(state=Connection.State.RUNNING)
    if rows.delete()[0]:
        messages.success(request, gettext("%(name)s is removed.") % {"name": found.name})
        return see("connections")
    return see("connection", found.public_id)


def _start(request: PageRequest, found: Connection) -> None:
    if not running.start(found):
        messages.warning(request, gettext("It is being checked already."))
