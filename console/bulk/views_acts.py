"""Pages: what a person does about a bulk command: makes it, starts it, stops it, tries again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.bulk import acting
from campaigns.bulk.planning import MOST, NotPlanned, TooMany, plan, plan_again, plan_retry
from console.bulk.choosing import Chosen, read_chosen
from console.bulk.forms import BulkForm, StartForm, groups_of, options_of, saved_of
from console.bulk.listing import tally_of
from console.bulk.pages import find_bulk
from console.bulk.views import preflight
from console.forms import REMOTE_FORMS, RemoteForm
from console.requests import PageRequest, person_page, see
from console.rights import check_sends, find_fleet, member_in
from fleets.models import Fleet
from fleets.rights import Right
from remotes.finding.vehicles import NotUnderstood
from remotes.models import BulkCommand, BulkItem

Item = BulkItem.State

# What can be sent again: those that failed, or those that it did not come to.
_AGAIN = {"failed": [Item.FAILED], "unsent": [Item.CANCELLED]}


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_bulk(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The form for the vehicles that were chosen; with `check` they are looked at, and the page of that is next."""
    fleet = find_fleet(request, fleet_id, Right.SEND_MANY)
    given = request.POST if request.method == "POST" else request.GET
    try:
        chosen = read_chosen(fleet, given)
    except NotUnderstood:
        messages.warning(
            request, _("The filters of this list can't be read, so no vehicle is meant. Choose vehicles again.")
        )
        return see("vehicles", fleet.public_id)
    if chosen.is_empty:
        messages.warning(request, _("Choose vehicles first."))
        return see("vehicles", fleet.public_id)
    kind = given.get("kind", "")
    if kind in REMOTE_FORMS:
        check_sends(request, fleet, kind)
    if "draft" in request.POST:
        return _draft(request, chosen, options_of(kind, fleet, request.POST))
    if "check" not in request.POST:
        return _form(request, chosen, _blank(request, fleet, given, options_of(kind, fleet, None)))
    options = options_of(kind, fleet, request.POST)
    form = _bound(request, fleet, options)
    # Both are judged, so that all that is wrong is told at once.
    is_fit = options is None or options.is_valid()
    if not form.is_valid() or not is_fit:
        return _form(request, chosen, form)
    return _plan(request, chosen, form)


@require_POST
@person_page
def start_bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """Let it begin, once the person has confirmed what the page has told."""
    found = find_bulk(request, fleet_id, bulk_id, Right.SEND_MANY)
    if found.state != BulkCommand.State.PREFLIGHT:
        return _to_bulk(found)
    tally = tally_of(found)
    number = tally.total - tally.number(BulkItem.Verdict.SKIP)
    form = StartForm(request.POST, number=number, is_dangerous=found.type.dangerous)
    if not form.is_valid():
        return preflight(request, found, form, 422)
    if not number:
        messages.warning(request, _("There is no vehicle that it could be sent to."))
        return _to_bulk(found)
    try:
        acting.start(found, request.user)
    except acting.Outdated:
        messages.warning(request, _("The vehicles were checked a while ago. Check them again, then start."))
    return _to_bulk(found)


@require_POST
@person_page
def check_bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """Look at the vehicles anew."""
    found = find_bulk(request, fleet_id, bulk_id, Right.SEND_MANY)
    plan_again(found, request.user)
    return _to_bulk(found)


@require_POST
@person_page
def stop_bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """Ask no more vehicles, and cancel what has not been sent."""
    found = find_bulk(request, fleet_id, bulk_id, Right.SEND_MANY)
    acting.stop(found, request.user)
    return _to_bulk(found)


@require_POST
@person_page
def repeat_bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """A new bulk command for those that failed, or that it did not come to; it is looked at before it starts."""
    found = find_bulk(request, fleet_id, bulk_id, Right.SEND_MANY)
    states = _AGAIN.get(request.POST.get("which", ""), [])
    try:
        return _to_bulk(plan_retry(found, states, request.user))
    except NotPlanned:
        messages.warning(request, _("There is no vehicle to try it again with."))
        return _to_bulk(found)


def _plan(request: PageRequest, chosen: Chosen, form: BulkForm) -> HttpResponse:
    try:
        made = plan(
            chosen.fleet,
            chosen.vehicles,
            form.remote,
            form.care,
            user=request.user,
            reason=form.given_reason,
            time_to_live=form.time_to_live,
        )
    except TooMany:
        form.add_error(None, _("These are more than %(most)d vehicles: choose fewer.") % {"most": MOST})
        return _form(request, chosen, form)
    except NotPlanned:
        messages.warning(request, _("None of these vehicles is there any more. Choose vehicles first."))
        return see("vehicles", chosen.fleet.public_id)
    return _to_bulk(made)


def _form(request: PageRequest, chosen: Chosen, form: BulkForm) -> HttpResponse:
    """The form; 422 where something in it is wrong."""
    context = _form_context(chosen, form, member_in(request, chosen.fleet).sends)
    has_errors = form.errors or (form.options is not None and form.options.errors)
    return render(request, "bulk/new.html", context, status=422 if has_errors else 200)


def _draft(request: PageRequest, chosen: Chosen, options: RemoteForm | None) -> HttpResponse:
    """The form as far as it is filled in; only what it would change, for the page that asks while one types."""
    options = options.draft() if options is not None else None
    if request.htmx.target == "changes":
        return render(request, "forms/changes.html", {"form": options})
    return _form(request, chosen, _blank(request, chosen.fleet, request.POST, options))


def _form_context(chosen: Chosen, form: BulkForm, sends: frozenset[str]) -> dict[str, Any]:
    options = form.options
    context: dict[str, Any] = {
        "fleet": chosen.fleet,
        "chosen": chosen,
        "number": chosen.vehicles.count(),
        "some": list(chosen.vehicles.order_by("pk").only("label", "vin", "plate", "public_id")[:3]),
        "bulk_form": form,
        "many": True,
    }
    if options is None:
        return context | {"groups": groups_of(chosen.fleet, sends)}
    return context | {"form": options, "vehicle": options.vehicle, "remote_type": options.remote_type}


def _bound(request: PageRequest, fleet: Fleet, options: RemoteForm | None) -> BulkForm:
    sends = member_in(request, fleet).sends
    return BulkForm(request.POST, options=options, sends=sends, saved=saved_of(fleet, sends))


def _blank(request: PageRequest, fleet: Fleet, given: Any, options: RemoteForm | None) -> BulkForm:
    sends = member_in(request, fleet).sends
    return BulkForm(initial=_kept(given), options=options, sends=sends, saved=saved_of(fleet, sends))


def _kept(given: Any) -> dict[str, str]:
    """What was filled in before another command was chosen."""
    return {name: given[name] for name in BulkForm.base_fields if name in given}


def _to_bulk(bulk: BulkCommand) -> HttpResponse:
    return see("bulk", bulk.fleet.public_id, bulk.public_id)
