"""Pages: the alerts of a fleet, who is told of them, and its alert webhooks."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.choices import ALL, choose, kinds_of, listeners, webhook_kinds, webhooks_of
from alerts.raising import clear_alert
from callbacks.models import Callback
from callbacks.registering.room import TooMany, make_room
from console.alerts.forms import ChoiceForm, WebhookForm
from console.alerts.listing import alerts_of, alerts_page
from console.callbacks.forms import KeyForm
from console.callbacks.pages import to_callback
from console.callbacks.shown_secret import show_next
from console.callbacks.words import too_many_words
from console.requests import PageRequest, person_page, see
from console.rights import find_fleet, member_in
from fleets.access import is_narrowed
from fleets.models import Fleet
from fleets.rights import Right
from remotes.models import Alert, AlertChoice


@require_safe
@person_page
def alerts(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The alerts that are open."""
    return _list(request, find_fleet(request, fleet_id), past=False)


@require_safe
@person_page
def past_alerts(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The alerts that are over."""
    return _list(request, find_fleet(request, fleet_id), past=True)


@require_POST
@person_page
def choose_alerts(request: PageRequest, fleet_id: str) -> HttpResponse:
    """What the person wants to be told by e-mail; everybody in the fleet may choose for themselves."""
    fleet = find_fleet(request, fleet_id)
    form = ChoiceForm(request.POST, narrowed=is_narrowed(fleet))
    if not form.is_valid():
        return _list(request, fleet, past=False, form=form)
    choose(request.user, fleet, form.cleaned_data["kinds"])
    messages.success(request, _("Your choice is saved."))
    return see("alerts", fleet.public_id)


@require_POST
@person_page
def settle_alert(request: PageRequest, fleet_id: str, alert_id: str) -> HttpResponse:
    """A manager has seen to a dangerous action that failed; other alerts end when their cause is over."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_ALERTS)
    rows = alerts_of(fleet).filter(kind=Alert.Kind.DANGEROUS_ACTION)
    alert = get_object_or_404(rows, public_id=alert_id)
    who = request.user.get_full_name() or request.user.get_username()
    clear_alert(Alert.Kind.DANGEROUS_ACTION, alert.fleet_id, alert.key, f"{who} has seen to it.")
    messages.success(request, _("The alert is settled."))
    return see("alerts", fleet.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_webhook(request: PageRequest, fleet_id: str) -> HttpResponse:
    """GET the form; POST sets up a webhook, whose page then shows its signing secret."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_ALERTS)
    if request.method != "POST":
        return _form(request, fleet, WebhookForm(initial={"kinds": ALL}))
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _form(request, fleet, form)
    callback = Callback(fleet=fleet, for_alerts=True)
    try:
        with transaction.atomic():
            make_room(fleet, None)
            _save(form, callback)
    except TooMany as error:
        form.add_error(None, too_many_words(error))
        return _form(request, fleet, form)
    show_next(request, callback)
    return to_callback(callback)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def edit_webhook(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """GET the form as the webhook is set up; POST changes that."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_ALERTS)
    found = get_object_or_404(webhooks_of(fleet), public_id=callback_id)
    if request.method != "POST":
        values = {"name": found.name, "target": found.target, "kinds": webhook_kinds(found)}
        return _form(request, fleet, WebhookForm(stored=found.subscribe, initial=values), found)
    with transaction.atomic():
        callback = get_object_or_404(webhooks_of(fleet).select_for_update(of=["self"]), pk=found.pk)
        form = WebhookForm(request.POST, stored=callback.subscribe)
        if not form.is_valid():
            return _form(request, fleet, form, callback)
        _save(form, callback)
    messages.success(request, _("The webhook is saved."))
    return see("alerts", fleet.public_id)


def _save(form: WebhookForm, callback: Callback) -> None:
    with transaction.atomic():
        form.save(callback)
        choice = {"fleet": callback.fleet, "kinds": form.cleaned_data["kinds"]}
        AlertChoice.objects.update_or_create(callback=callback, defaults=choice)


def _list(request: PageRequest, fleet: Fleet, *, past: bool, form: ChoiceForm | None = None) -> HttpResponse:
    start = KeyForm(request.GET).start_before
    context: dict[str, Any] = {
        "fleet": fleet,
        "past": past,
        "page": alerts_page(fleet, past=past, before=start),
        "start": start,
        # Who else is told of the whole fleet is no business of those who see some vehicles only.
        "listeners": [] if is_narrowed(fleet) else listeners(fleet),
        "webhooks": [] if is_narrowed(fleet) else _webhooks(fleet),
        "form": form or ChoiceForm(initial={"kinds": kinds_of(request.user, fleet)}, narrowed=is_narrowed(fleet)),
        "may_command": member_in(request, fleet).may(Right.CHANGE_ALERTS),
        "now": timezone.now(),
    }
    return render(request, "alerts/alerts.html", context, status=422 if form else 200)


def _webhooks(fleet: Fleet) -> list[tuple[Callback, tuple[str, ...]]]:
    return [(callback, webhook_kinds(callback)) for callback in webhooks_of(fleet).order_by("pk")]


def _form(request: PageRequest, fleet: Fleet, form: WebhookForm, callback: Callback | None = None) -> HttpResponse:
    """The form of a webhook; 422 where something in it is wrong."""
    context = {"fleet": fleet, "form": form, "callback": callback}
    return render(request, "alerts/webhook.html", context, status=422 if form.errors else 200)
