"""A row of each model that Django's admin shows, and all that can be asked of the admin about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from fleets import api_tokens
from fleets.models import AccessToken, ApiClient, Fleet, Gateway
from remotes.models import (
    AlertChoice,
    AlertMail,
    FleetRules,
    GatewayHealth,
    InboundRequest,
    RemoteAction,
    SendingStop,
    WakeUp,
)
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback, make_notification
from tests.world import make_event, make_person

from .world import populated


def _the_rest(fleet: Fleet) -> None:
    """What a populated fleet lacks."""
    now, upstream, action = timezone.now(), fleet.upstream_fleets.get(), RemoteAction.objects.first()
    assert action is not None
    person = make_person("somebody")
    client = ApiClient.objects.create(client_id="a", name="a", username="a")
    secret = client.add_secret("5ec4e7")
    api_tokens.issue(secret, api_tokens.new_token(), ["channel"])
    AccessToken.objects.create(gateway=upstream.gateway)
    Group.objects.create(name="Staff")
    callback = make_callback(fleet)
    make_attempt(make_batch(callback, state="parked"))
    make_notification(callback)
    make_event(action, "Success")
    WakeUp.objects.create(action=action, vehicle=action.vehicle, at=now)
    # One that the form takes as it is.
    Gateway.objects.update(base_url="https://api.example.com/v3")
    FleetRules.objects.create(fleet=fleet)
    SendingStop.objects.create(fleet=fleet, reason="Storm")
    GatewayHealth.objects.create(gateway=upstream.gateway)
    AlertMail.objects.create(user=person, formed_at=now)
    AlertChoice.objects.create(fleet=fleet, user=person)
    InboundRequest.objects.create(
        upstream_fleet=upstream, received_at=now, body=b"{}", outcome="quarantined", event_count=0
    )


def one_of_each() -> dict[type[Model], Model]:
    """A row of each model that is registered, the one that actions can do something with."""
    fleet, _ids = populated("Lyon")
    _the_rest(fleet)
    rows = {model: model._default_manager.order_by("pk").last() for model in admin.site._registry}
    rows[User] = User.objects.get(username="somebody")
    lacking = [model.__name__ for model, row in rows.items() if row is None]
    assert not lacking, f"make one here: {lacking}"
    return {model: row for model, row in rows.items() if row is not None}


@dataclass(frozen=True)
class Way:
    """One request to the admin. `what`: the address's name or the action's; `data`: with a form that is sent."""

    what: str
    url: str
    data: dict[str, Any] | None = None

    def ask(self, http: Client) -> Any:
        return http.get(self.url) if self.data is None else http.post(self.url, self.data)


def name_of(model: type[Model], what: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"


def actions_of(model: type[Model]) -> dict[str, set[str]]:
    """All, whoever may run them, and the permissions that each asks for."""
    page: Any = admin.site._registry[model]
    return {name: {*getattr(function, "allowed_permissions", ())} for function, name, _ in page._get_base_actions()}


def act(row: Model, action: str) -> Way:
    """The action, chosen and confirmed for the row."""
    chosen = {"action": action, "_selected_action": [str(row.pk)], "index": "0", "post": "yes"}
    return Way(action, reverse(name_of(type(row), "changelist")), chosen)


def ways(row: Model, forms: dict[str, dict[str, Any]]) -> Iterator[Way]:
    """Each address of the row's admin, read and written, and each action. `forms`: what can be sent, by address."""
    model = type(row)
    for pattern in admin.site._registry[model].get_urls():
        if not isinstance(pattern, URLPattern) or not pattern.name:
            continue
        keys = pattern.pattern.regex.groupindex
        url = reverse(f"admin:{pattern.name}", args=[quote(row.pk)] if keys else [])
        what = pattern.name.rpartition("_")[2]
        yield Way(what, url)
        yield Way(what, url, {"post": "yes", **forms.get(what, {})})
    for action in actions_of(model):
        yield act(row, action)


def form_as_it_is(http: Client, url: str) -> dict[str, Any]:
    """What a browser sends when a form of the admin is saved as it opens; empty where there is none to change."""
    context = http.get(url).context
    if not context or "adminform" not in context or not context["has_change_permission"]:
        return {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)} | _split_times(forms)


def _split_times(forms: list[Any]) -> dict[str, str]:
    """Dates with times are two fields of a browser's."""
    found: dict[str, str] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if hasattr(value, "strftime"):
                found |= {f"{field.html_name}_0": f"{value:%Y-%m-%d}", f"{field.html_name}_1": f"{value:%H:%M:%S}"}
    return found
