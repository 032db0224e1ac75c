"""Pages: the callbacks of a fleet, a callback, and what was sent to it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from callbacks.delivery.policy import Policy
from callbacks.delivery.upcoming import next_try_of
from callbacks.health import ROWS, health
from callbacks.models import Batch, Callback
from callbacks.registering.room import TooMany, make_room
from console.callbacks.forms import EXAMPLES, CallbackForm, KeyForm, OwnerForm, ReplayForm, SentForm, TriesForm
from console.callbacks.glance import NOTHING, glances
from console.callbacks.history import attempts_page, body_of, sent_page, tries_of
from console.callbacks.pages import callbacks_of, find_callback, lock, no_channel, to_callback
from console.callbacks.shown_secret import show_next, take_shown
from console.callbacks.words import (
    MASK,
    batching_words,
    policy_words,
    shown_value,
    state_word,
    status_word,
    too_many_words,
    types_words,
)
from console.requests import PageRequest, person_page
from console.rights import check, find_fleet, member_in
from fleets.models import Fleet
from fleets.rights import Right
from fleets.storage import clock
from remotes.models import FleetRules

PAGE_SIZE = 20


@require_safe
@person_page
def callbacks(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The callbacks of a fleet, and how delivering to each goes."""
    fleet = find_fleet(request, fleet_id, Right.LOOK_ALL)
    start = KeyForm(request.GET).start_after or 0
    found = list(callbacks_of(fleet).filter(pk__gt=start).order_by("pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    seen = glances(shown)
    rows = [{"callback": row, "word": status_word(row.status), "glance": seen.get(row.pk, NOTHING)} for row in shown]
    context = {
        "fleet": fleet,
        "rows": rows,
        "start": start,
        "next_after": shown[-1].pk if len(found) > PAGE_SIZE else None,
        "may_command": member_in(request, fleet).may(Right.CHANGE_CALLBACKS),
        "now": timezone.now(),
    }
    return render(request, "callbacks/callbacks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_callback(request: PageRequest, fleet_id: str) -> HttpResponse:
    """GET the form, from an example if one is named; POST registers the callback."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_CALLBACKS)
    if request.method != "POST":
        _, values = EXAMPLES.get(request.GET.get("example", ""), ("", {}))
        return _form(request, OwnerForm(fleet), CallbackForm(initial=values), fleet)
    sees = member_in(request, fleet).may(Right.SEE_POSITIONS)
    owner, form = OwnerForm(fleet, data=request.POST, sees_positions=sees), CallbackForm(request.POST)
    if "draft" in request.POST:
        return _form(request, owner, form.draft(request.POST["draft"]), fleet)
    if not (owner.is_valid() & form.is_valid()):
        return _form(request, owner, form, fleet)
    callback = Callback(fleet=fleet, created_by=owner.chosen)
    callback.register(form.subscribe)
    try:
        with transaction.atomic():
            make_room(fleet, callback.created_by)
            callback.save()
    except TooMany as error:
        form.add_error(None, too_many_words(error))
        return _form(request, owner, form, fleet)
    show_next(request, callback)
    return to_callback(callback)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def edit_callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """GET the form as the callback is registered; POST replaces that."""
    callback = no_channel(find_callback(request, fleet_id, callback_id, Right.CHANGE_CALLBACKS))
    sees = member_in(request, callback.fleet).may(Right.SEE_POSITIONS)
    if callback.tells_positions:
        check(request, callback.fleet, Right.SEE_POSITIONS)
    if request.method != "POST":
        owner = OwnerForm(callback.fleet, callback)
        return _form(request, owner, CallbackForm(stored=callback.subscribe), callback.fleet, callback)
    with transaction.atomic():
        callback = lock(callback)
        owner = OwnerForm(callback.fleet, callback, request.POST, sees_positions=sees)
        form = CallbackForm(request.POST, stored=callback.subscribe)
        if "draft" in request.POST:
            return _form(request, owner, form.draft(request.POST["draft"]), callback.fleet, callback)
        if not (owner.is_valid() & form.is_valid()):
            return _form(request, owner, form, callback.fleet, callback)
        if not callback.for_alerts and owner.chosen != callback.created_by:
            try:
                make_room(callback.fleet, owner.chosen, is_new=False)
            except TooMany as error:
                form.add_error(None, too_many_words(error))
                return _form(request, owner, form, callback.fleet, callback)
            callback.created_by = owner.chosen
        callback.register(form.subscribe)
        callback.save()
    messages.success(request, gettext("The callback is saved."))
    return to_callback(callback)


@require_safe
@person_page
def callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """A callback: how it stands, how it is registered, and the notifications that were sent."""
    found = find_callback(request, fleet_id, callback_id)
    form = SentForm(request.GET)
    start = KeyForm(request.GET).start_before
    page = sent_page(found, form, start)
    context = _callback_context(request, found) | {"form": form, "page": page, "start": start}
    # A page that only looks for news is not the one that shows it.
    if context["may_command"] and request.method == "GET" and not request.htmx:
        context["secret"] = take_shown(request, found)
    return render(request, "callbacks/callback.html", context)


@require_safe
@person_page
def attempts(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """Every try to deliver something to a callback."""
    found = find_callback(request, fleet_id, callback_id)
    rules = FleetRules.objects.filter(pk=found.fleet_id).first() or FleetRules(fleet_id=found.fleet_id)
    form = TriesForm(request.GET, rules.zone)
    page = attempts_page(found, form.start_before, form.condition)
    context = _callback_context(request, found) | {"page": page, "start": form.start_before, "form": form}
    return render(request, "callbacks/attempts.html", context)


@require_safe
@person_page
def batch(request: PageRequest, fleet_id: str, callback_id: str, batch_id: int) -> HttpResponse:
    """One request to a callback's webhook: its events, its body and its tries."""
    found = find_callback(request, fleet_id, callback_id)
    sent = get_object_or_404(Batch.objects.select_related("callback"), callback=found, pk=batch_id)
    now, may_change = clock.now(), member_in(request, found.fleet).may(Right.CHANGE_CALLBACKS)
    context = {
        "fleet": found.fleet,
        "callback": found,
        "batch": sent,
        "word": state_word(sent, Policy.of(found.subscribe)),
        "body": body_of(
            sent,
            found.fleet,
            may_change=may_change,
            sees_positions=member_in(request, found.fleet).may(Right.SEE_POSITIONS),
        ),
        "tries": tries_of(sent),
        "may_command": may_change,
        "now": now,
        "next_try": next_try_of(sent, now),
    }
    return render(request, "callbacks/batch.html", context)


def _form(
    request: PageRequest, owner: OwnerForm, form: CallbackForm, fleet: Fleet, callback: Callback | None = None
) -> HttpResponse:
    """The form of a callback; 422 where something in it is wrong."""
    context = {"fleet": fleet, "owner": owner, "form": form, "callback": callback, "examples": EXAMPLES}
    is_wrong = form.errors or (owner.is_bound and owner.errors)
    return render(request, "callbacks/form.html", context, status=422 if is_wrong else 200)


def _callback_context(request: PageRequest, callback: Callback) -> dict[str, Any]:
    """What the pages of a callback have in common."""
    attributes = callback.webhook.get("attributes", [])
    member = member_in(request, callback.fleet)
    may_change = member.may(Right.CHANGE_CALLBACKS)
    shown = [(item, shown_value(item, may_change=may_change)) for item in attributes]
    now, seen, policy = timezone.now(), health(callback), Policy.of(callback.subscribe)
    return {
        "fleet": callback.fleet,
        "callback": callback,
        "word": status_word(callback.status),
        "health": seen,
        "rate_is_cut": seen.attempts >= ROWS,
        "oldest_for": now - seen.oldest_waiting_at if seen.oldest_waiting_at else None,
        "policy": policy_words(policy),
        "releases": policy.releases,
        "batching": batching_words(callback),
        "types": types_words(callback),
        "two_secrets": len(callback.signing_secrets(now)) > 1,
        "attributes": [(item["type"], item["key"], value, value == MASK) for item, value in shown],
        "replay_form": ReplayForm(auto_id="replay_%s"),
        "may_command": may_change,
        "may_edit": may_change and (member.may(Right.SEE_POSITIONS) or not callback.tells_positions),
        "now": now,
    }
