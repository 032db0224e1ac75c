"""Pages: what a person does about a schedule: makes it, changes it, pauses, resumes and ends it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.schedules import changes
from console.forms import REMOTE_FORMS
from console.requests import PageRequest, person_page, see
from console.rights import check_sends, find_fleet
from console.schedules.forms import Offer, ScheduleForm
from console.schedules.pages import find_schedule, form_context, offer_of, to_schedule, vehicle_for
from console.schedules.prepared import judge, options_of
from fleets.access import seen_in
from fleets.models import Fleet
from fleets.rights import Right
from protocol.storable import storable_text
from remotes.models import Schedule

State = Schedule.State


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_schedule(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The form of a new schedule; with `save` it is made. A `vehicle` in the address is the one that it is for."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_SCHEDULES)
    offer = offer_of(request, fleet)
    if "save" not in request.POST:
        return _unsaved(request, offer, _chosen(request, fleet))
    form = _filled_in(request, offer)
    if _is_valid(form):
        made = Schedule(fleet=fleet, **form.values)
        try:
            changes.make(made, request.user)
        except changes.NeverRuns:
            form.never_runs()
        else:
            return to_schedule(made)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def edit_schedule(request: PageRequest, fleet_id: str, schedule_id: str) -> HttpResponse:
    """The form of a schedule; with `save` it is changed, and runs in the name of who changes it."""
    found = find_schedule(request, fleet_id, schedule_id, Right.CHANGE_SCHEDULES)
    if found.state == State.ENDED:
        return _has_ended(request, found)
    offer = offer_of(request, found.fleet, found)
    if "save" not in request.POST:
        return _unsaved(request, offer, {})
    form = _filled_in(request, offer)
    if _is_valid(form):
        try:
            is_changed = changes.change(found, form.values, request.user)
        except changes.NeverRuns:
            form.never_runs()
        else:
            return to_schedule(found) if is_changed else _has_ended(request, found)
    return _form(request, form)


@require_POST
@person_page
def pause_schedule(request: PageRequest, fleet_id: str, schedule_id: str) -> HttpResponse:
    """Let it run no more until it is resumed."""
    found = find_schedule(request, fleet_id, schedule_id, Right.CHANGE_SCHEDULES)
    changes.pause(found, request.user)
    return to_schedule(found)


@require_POST
@person_page
def resume_schedule(request: PageRequest, fleet_id: str, schedule_id: str) -> HttpResponse:
    """Let it run again."""
    found = find_schedule(request, fleet_id, schedule_id, Right.CHANGE_SCHEDULES)
    try:
        changes.resume(found, request.user)
    except changes.NeverRuns:
        messages.warning(request, _("All its times are past. Change when it runs, then resume it."))
    return to_schedule(found)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def end_schedule(request: PageRequest, fleet_id: str, schedule_id: str) -> HttpResponse:
    """GET asks whether it is meant; POST lets it never run again."""
    found = find_schedule(request, fleet_id, schedule_id, Right.CHANGE_SCHEDULES)
    if request.method != "POST":
        return render(request, "schedules/end.html", {"fleet": found.fleet, "schedule": found})
    changes.end(found, request.user)
    messages.success(request, _("The schedule “%(name)s” has ended.") % {"name": found.name})
    return see("schedules", found.fleet.public_id)


def _is_valid(form: ScheduleForm) -> bool:
    """Both parts are judged, so that all that is wrong is told at once."""
    is_fit = form.options is None or judge(form.options)
    return form.is_valid() and is_fit


def _filled_in(request: PageRequest, offer: Offer) -> ScheduleForm:
    kind = request.POST.get("kind", "")
    _check_kind(request, offer, kind)
    options = options_of(kind, vehicle_for(offer.fleet, offer.schedule), request.POST)
    return ScheduleForm(offer, request.POST, options=options)


def _check_kind(request: PageRequest, offer: Offer, kind: str) -> None:
    """Who may not send the type has no form of it."""
    if kind in REMOTE_FORMS:
        check_sends(request, offer.fleet, kind)


def _unsaved(request: PageRequest, offer: Offer, chosen: dict[str, Any]) -> HttpResponse:
    """The form as far as it is filled in; only what it would change, for the page that asks while one types."""
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind", "")
    _check_kind(request, offer, kind)
    vehicle = vehicle_for(offer.fleet, offer.schedule)
    if "draft" in given:
        filled = options_of(kind, vehicle, request.POST)
        options = filled.draft() if filled else None
        if request.htmx.target == "changes":
            return render(request, "forms/changes.html", {"form": options})
    else:
        options = options_of(kind, vehicle)
    return _form(request, ScheduleForm(offer, options=options, initial=chosen | _kept(request)))


def _form(request: PageRequest, form: ScheduleForm) -> HttpResponse:
    """The form; 422 where something in it is wrong."""
    has_errors = form.errors or (form.options is not None and form.options.errors)
    return render(request, "schedules/form.html", form_context(form), status=422 if has_errors else 200)


def _kept(request: PageRequest) -> dict[str, Any]:
    """What was filled in before another command was chosen."""
    names = [name for name in ScheduleForm.base_fields if name in request.POST]
    kept: dict[str, Any] = {name: request.POST[name] for name in names if name != "days"}
    return kept | ({"days": request.POST.getlist("days")} if request.method == "POST" else {})


def _chosen(request: PageRequest, fleet: Fleet) -> dict[str, Any]:
    """The vehicle in the address."""
    vehicle = seen_in(fleet).filter(public_id=storable_text(request.GET.get("vehicle", ""))).first()
    return {"whom": "vehicle", "vehicle": vehicle.vin} if vehicle else {}


def _has_ended(request: PageRequest, schedule: Schedule) -> HttpResponse:
    messages.warning(request, _("This schedule has ended, so it can't be changed. Make a new one."))
    return to_schedule(schedule)
