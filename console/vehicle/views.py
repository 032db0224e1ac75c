"""Pages: a vehicle, its commands and its history."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.forms import REMOTE_FORMS, CommandForm, RemoteForm
from console.forms.reasons import ReasonForm
from console.requests import PageRequest, person_fragment, person_page, wants_fragment
from console.rights import check, check_sends, member_in
from console.vehicle.history import entry_of
from console.vehicle.now.result import note_read
from console.vehicle.pages import (
    Question,
    ask,
    changed,
    dialog,
    find_action,
    find_vehicle,
    page_at,
    refused,
    shown,
    to_page,
    vehicle_page,
    whole_page,
)
from console.vehicle.panel import is_able, neighbours_of, warning_of
from console.vehicle.record import record_of
from console.vehicle.tabs.news import news_of, tell_look
from console.vehicle.tabs.tab import Tab, tab_of
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.vehicles.ability import unscoped
from fleets.words.why import say
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.asking.ask import NotPossible, Wishes, request_action, rules_of
from remotes.checks.checks import why_unable
from remotes.checks.movement import movement_before
from remotes.models import RemoteAction
from remotes.reading.watched import mark
from remotes.words.titles import title_of

PAGE = RemoteAction.Origin.PAGE


@require_safe
@person_page
def vehicle(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """A vehicle as it is now: its state, the commands beside it, and what was sent last."""
    found = find_vehicle(request, fleet_id, vehicle_id)
    mark(found.pk)
    return whole_page(request, found)


@require_safe
@person_page
def vehicle_history(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """All that was ever sent to a vehicle, a page at a time."""
    return whole_page(request, find_vehicle(request, fleet_id, vehicle_id), Tab.HISTORY)


@require_safe
@person_page
def vehicle_programs(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """The programs of the week that the vehicle has stored."""
    return whole_page(request, find_vehicle(request, fleet_id, vehicle_id), Tab.PROGRAMS)


@require_safe
@vehicle_page(Right.LOOK_ALL)
def vehicle_schedules(request: PageRequest, found: Vehicle) -> HttpResponse:
    """What the fleet sends to the vehicle by the clock."""
    return whole_page(request, found, Tab.SCHEDULES)


@require_safe
@person_page
def vehicle_record(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """What else is known of a vehicle, its audit, its capabilities, and its state word for word."""
    return whole_page(request, find_vehicle(request, fleet_id, vehicle_id), Tab.RECORD)


@require_safe
@person_fragment
def vehicle_news(request: PageRequest, fleet_id: str, vehicle_id: str) -> HttpResponse:
    """What changes by itself on a tab of a vehicle's page, and whether anything is sent at all."""
    found, tab = find_vehicle(request, fleet_id, vehicle_id), tab_of(request)
    if tab == Tab.SCHEDULES:
        check(request, found.fleet, Right.LOOK_ALL)
    mark(found.pk)
    return render(request, "vehicle/fragment.html", news_of(request, found, tab))


@require_POST
@vehicle_page(Right.LOOK)
def put_away_result(request: PageRequest, found: Vehicle, action_id: str) -> HttpResponse:
    """The person has read what became of an action: it is not shown above the page any more."""
    note_read(request, shown(find_action(found, action_id)))
    return changed(request, found)


@require_safe
@person_page
def action(request: PageRequest, fleet_id: str, vehicle_id: str, action_id: str) -> HttpResponse:
    """The vehicle's page with its history from this action on, however old it is; the action stands out, and open."""
    return page_at(request, find_vehicle(request, fleet_id, vehicle_id), action_id)


@require_safe
@person_page
def action_record(request: PageRequest, fleet_id: str, vehicle_id: str, action_id: str) -> HttpResponse:
    """What was sent to the manufacturer's cloud for an action and what came back, word for word but for secrets."""
    found = find_vehicle(request, fleet_id, vehicle_id)
    asked = find_action(found, action_id)
    record = record_of(asked, sees_positions=_sees_positions(request, found))
    context = {"fleet": found.fleet, "vehicle": found, "record": record, "entry": entry_of(asked)}
    template = "vehicle/messages.html" if wants_fragment(request) else "vehicle/record_page.html"
    return render(request, template, context)


def _sees_positions(request: PageRequest, vehicle: Vehicle) -> bool:
    return member_in(request, vehicle.fleet).may(Right.SEE_POSITIONS)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.SEND)
def send_action(request: PageRequest, found: Vehicle) -> HttpResponse:
    """POST a command; GET asks for the confirmation of a dangerous one, and for its reason."""
    form = CommandForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return _refused(request, found, form) if request.method == "POST" else to_page(found)
    remote_type, _ = form.chosen
    check_sends(request, found.fleet, remote_type.name)
    if not remote_type.dangerous:
        return _send(request, found, form) if request.method == "POST" else to_page(found)
    reason = _reason(request)
    if not reason.is_valid():
        return ask(request, found, _question(found, form, reason))
    return _send(request, found, form, reason.given)


@require_http_methods(["GET", "HEAD", "POST"])
@vehicle_page(Right.SEND)
def new_action(request: PageRequest, found: Vehicle) -> HttpResponse:
    """GET the form of a remote type; POST shows what it would change, asks for the confirmation, or sends."""
    form_class = REMOTE_FORMS.get(request.GET.get("type", ""))
    if form_class is None:
        raise Http404
    remote_type = REMOTE_TYPES[form_class.type_name]
    check_sends(request, found.fleet, remote_type.name)
    if not is_able(found, remote_type):
        return refused(request, found, _why_unable(found, remote_type))
    if request.method != "POST":
        return _options(request, form_class(vehicle=found))
    form = form_class(request.POST, vehicle=found)
    if "draft" in request.POST:
        return _draft(request, form.draft())
    if not form.is_valid():
        return _options(request, form)
    if not remote_type.dangerous:
        return _send_form(request, form)
    reason = _reason(request)
    if not reason.is_valid():
        return ask(request, found, _question_of_form(request, form, reason))
    return _send_form(request, form, reason.given)


def _why_unable(vehicle: Vehicle, remote_type: RemoteType) -> str:
    closed = unscoped(vehicle).get(remote_type.name)
    what = title_of(remote_type) if closed is None else say(closed)
    words = _("%(vehicle)s can't do this: %(what)s.") % {"vehicle": vehicle, "what": what}
    return words if vehicle.gone_at is None else say(why_unable(vehicle, remote_type, {})) or words


def _reason(request: PageRequest) -> ReasonForm:
    """The reason of a confirmed command; an empty form, which is not valid, before it is confirmed."""
    return ReasonForm(request.POST if "confirmed" in request.POST else None)


def _send(request: PageRequest, vehicle: Vehicle, form: CommandForm, reason: str = "") -> HttpResponse:
    remote_type, command = form.chosen
    wishes = Wishes(reason=reason, origin=PAGE)
    try:
        request_action(vehicle, Remote(remote_type, command.payload), user=request.user, wishes=wishes)
    except NotPossible as error:
        form.add_error("command", say(error.why))
        return _refused(request, vehicle, form)
    return changed(request, vehicle)


def _send_form(request: PageRequest, form: RemoteForm, reason: str = "") -> HttpResponse:
    wishes = Wishes(form.time_to_live, form.when_awake, reason, PAGE)
    try:
        request_action(form.vehicle, form.remote, user=request.user, wishes=wishes)
    except NotPossible as error:
        form.add_error(None, say(error.why))
        return _options(request, form)
    return changed(request, form.vehicle)


def _refused(request: PageRequest, vehicle: Vehicle, form: CommandForm) -> HttpResponse:
    """The page again, with the error beside its button."""
    return refused(request, vehicle, form.first_error, asked=form.asked)


def _question(vehicle: Vehicle, form: CommandForm, reason: ReasonForm) -> Question:
    remote_type, command = form.chosen
    rules = rules_of(vehicle.fleet_id)
    return Question(
        title=_("%(command)s – %(vehicle)s?") % {"command": title_of(command), "vehicle": vehicle},
        url=reverse("send-action", args=[vehicle.fleet.public_id, vehicle.public_id]),
        button=title_of(command),
        warning=warning_of(command.name),
        hidden=[("command", command.name), ("confirmed", "yes")],
        reason=reason,
        movement=movement_before(vehicle, remote_type, command.payload, rules, timezone.now()),
        needs_another=rules.wants_two_people(remote_type, command.payload),
        is_dangerous=not remote_type.is_release(command.payload),
    )


def _question_of_form(request: PageRequest, form: RemoteForm, reason: ReasonForm) -> Question:
    """Asks whether it is meant, with all that was filled in kept."""
    left_out = ("csrfmiddlewaretoken", "confirmed", "draft", *reason.fields)
    filled = [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
    url = reverse("new-action", args=[form.vehicle.fleet.public_id, form.vehicle.public_id])
    rules = rules_of(form.vehicle.fleet_id)
    return Question(
        title=_("%(command)s – %(vehicle)s?") % {"command": form.summary, "vehicle": form.vehicle},
        url=f"{url}?type={form.type_name}",
        button=_("Send"),
        warning=warning_of(form.chosen.command),
        hidden=[*filled, ("confirmed", "yes")],
        reason=reason,
        movement=movement_before(form.vehicle, form.remote_type, form.remote.payload, rules, timezone.now()),
        needs_another=rules.wants_two_people(form.remote_type, form.remote.payload),
        is_dangerous=not form.remote_type.is_release(form.remote.payload),
        can_change=True,
    )


def _options(request: PageRequest, form: RemoteForm) -> HttpResponse:
    """The form of a remote type; 422 where something in it is wrong."""
    if form.shows_position:
        tell_look(request, form.vehicle)
    sends = member_in(request, form.vehicle.fleet).sends
    context = _form_context(form) | {"neighbours": neighbours_of(form.vehicle, form.remote_type, sends)}
    status = 422 if form.errors else 200
    return dialog(request, "forms/page.html", "forms/form.html", context, status)


def _draft(request: PageRequest, form: RemoteForm) -> HttpResponse:
    """The form as far as it is filled in; only what it would change, for the page that asks while one types."""
    if request.htmx.target == "changes":
        return render(request, "forms/changes.html", _form_context(form))
    return _options(request, form)


def _form_context(form: RemoteForm) -> dict[str, Any]:
    return {"fleet": form.vehicle.fleet, "vehicle": form.vehicle, "form": form, "remote_type": form.remote_type}
