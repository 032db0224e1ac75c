"""Pages: whether a fleet's remote actions are sent, what waits, its rules, and news of unknown actions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from console.approvals.listing import listed
from console.callbacks.forms import KeyForm
from console.forms.reasons import LiftForm, StopForm
from console.numbers import number as grouped
from console.requests import PageRequest, person_page, see
from console.rights import find_fleet, member_in
from console.sending.orphans import orphans_page
from console.sending.rules_form import RulesForm
from console.sending.state import (
    COUNT_LIMIT,
    Scope,
    fleets_stopped,
    gateways_of,
    number_waiting,
    own_times,
    stops_that_hold,
    waiting_page,
)
from fleets.approvers import approvers_of
from fleets.models import Fleet
from fleets.proposals import NotAllowed, open_of
from fleets.rights import Right
from fleets.storage.kept import kept
from fleets.words.why import say
from protocol.catalogue import REMOTE_TYPES
from remotes.asking import kill_switch
from remotes.asking.ask import rules_of
from remotes.asking.rules import KIND, change_rules
from remotes.intake.unread import unread_page
from remotes.models import SendingStop
from remotes.words.titles import title_of

# Rows on a page of notifications that could not be read, and how far one looks back.
UNREAD_ROWS = 50
UNREAD_MOST = 10_000


@require_safe
@person_page
def sending(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """Whether actions are sent, what waits, and for a fleet its gateways and its rules."""
    place, may_change = _place(request, fleet_id)
    stopped, stopped_for_all = stops_that_hold(place)
    start = KeyForm(request.GET).start_after or 0
    context = _context(place, may_change) | {
        "stopped": stopped,
        "stopped_for_all": stopped_for_all,
        "waiting": waiting_page(place, start),
        "start": start,
        "now": timezone.now(),
    }
    context |= _of_fleet(place.fleet) if place.fleet else {"fleets_stopped": fleets_stopped()}
    closed = [not row.is_open for row in context.get("gateways", [])]
    context["nothing_is_sent"] = stopped or stopped_for_all or (closed and all(closed))
    return render(request, "sending/sending.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def stop_sending(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """GET asks for the reason; POST stops every sending at once."""
    place, may_change = _place(request, fleet_id, Right.STOP)
    form = StopForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = _context(place, may_change) | {"form": form}
        return render(request, "sending/stop.html", context, status=422 if form.errors else 200)
    kill_switch.stop(place.fleet, request.user, form.given)
    return see(place.page)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def lift_sending(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """GET asks what becomes of what waits; POST allows sending again."""
    place, _ = _place(request, fleet_id, Right.STOP)
    stopped, _ = stops_that_hold(place)
    if stopped is None:
        messages.warning(request, gettext("Sending is not stopped any more."))
        return see(place.page)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _lift_form(request, place, stopped, form)
    number = kill_switch.lift(stopped, request.user, cancel_waiting=form.cancels)
    messages.success(request, _lifted(number, form.cancels))
    return see(place.page)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def rules(request: PageRequest, fleet_id: str) -> HttpResponse:
    """GET the rules of a fleet; POST changes them."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_RULES)
    kept = rules_of(fleet.pk)
    form = RulesForm(request.POST if request.method == "POST" else None, rules=kept)
    if not form.is_valid():
        return _rules_form(request, fleet, form)
    form.apply_to(kept)
    try:
        changed = change_rules(fleet, kept, by=request.user, reason=form.given_reason)
    except NotAllowed as error:
        form.add_error(None, say(error.why))
        return _rules_form(request, fleet, form)
    if changed.proposal is None:
        messages.success(request, gettext("The rules are saved. They hold for what is sent from now on."))
    else:
        words = gettext("What makes the rules weaker waits for a second person. The rest is saved.")
        messages.warning(request, words)
        return see("sending-rules", fleet.public_id)
    return see("sending", fleet.public_id)


def _rules_form(request: PageRequest, fleet: Fleet, form: RulesForm) -> HttpResponse:
    """The form, with what waits for a second person."""
    waiting = open_of(fleet).filter(kind=KIND).select_related("asked_by", "fleet")
    context = {
        "fleet": fleet,
        "form": form,
        "only_manager": _only_manager(fleet),
        "changes": listed(waiting, request.user),
    }
    return render(request, "sending/rules.html", context, status=422 if form.errors else 200)


@require_safe
@person_page
def orphans(request: PageRequest, fleet_id: str) -> HttpResponse:
    """News of actions that nobody here has asked for."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    start = KeyForm(request.GET).start_before
    context = {"fleet": fleet, "page": orphans_page(fleet, start), "start": start, "now": timezone.now()}
    return render(request, "sending/orphans.html", context)


@require_safe
@person_page
def unread_notifications(request: PageRequest, fleet_id: str) -> HttpResponse:
    """Notifications of the manufacturer's cloud that could not be read."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    start = min(KeyForm(request.GET).start_after or 0, UNREAD_MOST)
    found = unread_page(fleet, start, UNREAD_ROWS + 1)
    context = {
        "fleet": fleet,
        "rows": found[:UNREAD_ROWS],
        "start": start,
        "next_start": start + UNREAD_ROWS if len(found) > UNREAD_ROWS else None,
        "kept_days": kept(settings.INBOUND_REQUEST_DAYS).days,
        "may_replay": request.user.is_staff and request.user.has_perm("remotes.change_inboundrequest"),
    }
    return render(request, "sending/unread.html", context)


def _place(request: PageRequest, fleet_id: str | None, right: Right = Right.LOOK_ALL) -> tuple[Scope, bool]:
    """Where, and whether the person may stop sending there. All fleets are a superuser's: a 404 for others."""
    if fleet_id is None:
        if not request.user.is_superuser:
            raise Http404
        return Scope(None), True
    fleet = find_fleet(request, fleet_id, right)
    return Scope(fleet), member_in(request, fleet).may(Right.STOP)


def _context(place: Scope, may_change: bool) -> dict[str, Any]:
    return {"place": place, "fleet": place.fleet, "may_command": may_change}


def _of_fleet(fleet: Fleet) -> dict[str, Any]:
    kept = rules_of(fleet.pk)
    return {
        "gateways": gateways_of(fleet),
        "rules": kept,
        "own_times": own_times(kept),
        "approval_titles": [title_of(entry) for name, entry in REMOTE_TYPES.items() if name in kept.approval_types],
    }


def _lift_form(request: PageRequest, place: Scope, stopped: SendingStop, form: LiftForm) -> HttpResponse:
    number = number_waiting(place)
    context = _context(place, True) | {
        "stopped": stopped,
        "form": form,
        "number": min(number, COUNT_LIMIT),
        "number_is_cut": number > COUNT_LIMIT,
    }
    return render(request, "sending/lift.html", context, status=422 if form.errors else 200)


def _only_manager(fleet: Fleet) -> bool:
    """Whether nobody is there who could approve what the one manager asks for."""
    return approvers_of(fleet).count() < 2


def _lifted(number: int, cancelled: bool) -> str:
    if cancelled:
        words = ngettext(
            "Sending is allowed again. %(number)s action cancelled.",
            "Sending is allowed again. %(number)s actions cancelled.",
            number,
        )
    else:
        words = ngettext(
            "Sending is allowed again. %(number)s action to be sent now.",
            "Sending is allowed again. %(number)s actions to be sent now.",
            number,
        )
    return words % {"number": grouped(number)}
