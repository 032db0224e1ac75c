"""A canary in each place that takes a secret; FleetRemote does its work, and then nobody can read one anywhere.

Nowhere is: the database's dump, logs at DEBUG, the admin's pages in every permission, everybody's pages and tables,
answers of the API, the audit, mails, and pages of errors.
"""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse

from alerts.sweep import sweep as sweep_alerts
from callbacks.delivery.postman import Postman
from callbacks.outbox import Entry, put
from callbacks.status import fail
from fleets.audit.sealing import seal
from fleets.models import AuditEntry
from fleets.storage.encryption import EncryptedTextField
from fleets.storage.redis import client as redis_client
from protocol.canonical.secret_names import is_secret_name
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.callbacks.outbox_world import make_event
from tests.callbacks.sink import Got, Sink
from tests.canaries.planted import Planted, canary, logged_in, newest_batch, plant
from tests.drawn import some
from tests.dumped import dump, forms, places_of
from tests.remotes.cloud import Cloud
from tests.rights.world import addresses
from tests.waiting import wait_until
from tests.web_server import ask
from tests.world import make_person

PAGES = [page for page in addresses() if page.has_name and not page.name.startswith(("admin:", "v1:", "v3:"))]
# They answer for ever, or end the log-in that the others need.
PAGES = [page for page in PAGES if "live" not in page.name and page.name not in ("logout", "ready")]


@pytest.fixture
def planted(transactional_db: None, caplog: pytest.LogCaptureFixture) -> Iterator[Planted]:
    redis_client().flushdb()
    caplog.set_level(logging.DEBUG)
    cloud, sink, postman = Cloud(), Sink(), Postman()
    sink.behave = _echo
    yield plant(cloud, sink, postman)
    postman.stop(patience=1)
    sink.close()
    cloud.close()


def _echo(got: Got) -> web.Response:
    """A subscriber that repeats all that it is sent, as those do that are being set up."""
    return web.json_response({"headers": got.headers, "query": got.query, "body": got.body.decode()}, status=500)


def _work(there: Planted) -> None:
    """Send, be notified, be refused, deliver, fail, tell people."""
    vehicle, upstream = there.fleet.vehicles.get(), there.fleet.upstream_fleets.get()
    there.cloud.echo = True
    dispatch_vehicle(vehicle.pk)
    there.cloud.echo = False
    RemoteAction.objects.update(not_before=None, due_at=None)
    dispatch_vehicle(vehicle.pk)
    upstream.refresh_from_db()
    for method, place, authorization in (
        ("POST", upstream.webhook_id, f"Bearer {upstream.webhook_secret}"),
        ("POST", f"{upstream.webhook_id}/{upstream.path_secret}", ""),
        ("POST", f"{upstream.webhook_id}/{upstream.path_secret}/", ""),
        ("GET", f"{upstream.webhook_id}/{upstream.path_secret}", ""),
        ("POST", f"{upstream.webhook_id}/{canary('nobodys')}", f"Bearer {canary('nobodys')}"),
    ):
        events = [_event(action) for action in there.cloud.actions]
        ask(method, f"/webhook/{place}", json.dumps({"callbackId": "c1", "events": events}).encode(), authorization)
    put(there.callback, [Entry(make_event(), None)])
    there.postman.deliver([there.callback.pk, there.member.pk])
    wait_until(lambda: there.postman.idle() and len(there.sink.got) >= 2, "what was to be posted")
    fail(there.callback, there.callback.attempts.order_by("-pk")[0].error)
    sweep_alerts()
    sweep_alerts()
    seal()


def _event(action_id: str) -> dict[str, Any]:
    return make_event() | {"remoteActionId": action_id, "eventStatus": {"type": "Done", "status": "Failed"}}


def _try_doors(there: Planted) -> Iterator[tuple[str, str]]:
    """Logging in and asking for tokens, rightly and wrongly: by the name of the try what it was answered."""
    name = there.person.username
    for what, password in (("right", there.given["password of a person"]), ("wrong", canary("wrong password"))):
        there.given[f"{what} password that was tried"] = password
        yield f"log-in, {what}", Client().post("/login", {"username": name, "password": password}).text
        yield f"admin, {what}", Client().post("/admin/login/", {"username": name, "password": password}).text
    secret = there.given["secret of an API client"]
    for what, given in (("right", secret), ("wrong", canary("wrong secret"))):
        form = {"grant_type": "client_credentials", "client_id": "planted", "client_secret": given}
        answer = Client().post("/as/token.oauth2", form)
        if answer.status_code == 200:
            there.given["token that was asked for"] = token = answer.json()["access_token"]
            assert forms(token) & set(answer.text.split('"'))
        else:
            there.given["wrong secret that was tried"] = given
            yield f"token, {what}", answer.text
    token = there.given["token of the first admin"]
    yield "first admin", Client().get(f"/first-admin/{token}", follow=True).text


def _answers(there: Planted) -> Iterator[tuple[str, str]]:
    """What the API says to the client whose the callback is, also to what it gets wrong."""
    http, basic = Client(raise_request_exception=False), f"planted:{there.given['secret of an API client']}"
    v3 = {"Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"}
    v1 = {"Authorization": f"Bearer {there.given['token of an API client']}"}
    wrong = canary("wrong attribute")
    there.given["attribute that was refused"] = wrong
    webhook = {"target": "https://example.com/h", "name": "n"}
    webhook["attributes"] = [{"type": "Header", "key": "no name of one", "value": wrong}]  # type: ignore[assignment]
    body = json.dumps({"callback": {"webhook": webhook}, "channel": {"webhook": webhook}})
    for page in addresses():
        # A new signing secret is told once to who asks for it.
        if page.name.startswith(("v3:", "v1:")) and page.name != "v3:callback-secret":
            headers = v3 if page.name.startswith("v3:") else v1
            for method in ("GET", "POST", "PUT"):
                url = page.of(there.ids) + "?client_id=planted"
                answer = http.generic(method, url, body, "application/json", headers=headers)
                yield f"{method} {page.name}: {answer.status_code}", answer.text


def _everybody(there: Planted) -> dict[str, Client]:
    """People of every kind who may see something, in admin or on the pages."""
    found = {
        "viewer": make_person("viewer", there.fleet, role="viewer"),
        "manager": make_person("manager", there.fleet),
        "root": make_person("root", is_staff=True, is_superuser=True),
    }
    for right in ("view", "add", "change", "delete"):
        clerk = found[f"who may {right}"] = make_person(f"may {right}", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__regex=f"^({right}|view)_"))
    return {name: logged_in(person) for name, person in found.items()}


def _pages(there: Planted, people: dict[str, Client]) -> Iterator[tuple[str, str]]:
    """Every page and table; each by one of those who may see it, drawn, and by all in the long form."""
    for page in PAGES:
        for name in sorted(some(page.name, ["viewer", "manager", "root"], 1)):
            yield f"{page.name} for {name}", _got(people[name], page.of(there.ids))
    # These show what is secret at all.
    for page in PAGES:
        if page.name in ("callback", "batch", "edit-callback", "attempts", "callbacks"):
            for name in ("viewer", "manager"):
                yield f"{page.name} for {name}", _got(people[name], page.of(there.ids))


def _got(http: Client, url: str) -> str:
    answer = http.get(url, follow=True)
    assert answer.status_code < 500, url
    return answer.getvalue().decode(errors="replace")


def _admin_pages(people: dict[str, Client]) -> Iterator[tuple[str, str]]:
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows = list(model._default_manager.order_by("-pk")[:2])
        names = ["root", "who may view", "who may change", "who may add", "who may delete"]
        for name in sorted(some(place, names, 2 if model._meta.app_label == "callbacks" else 1)):
            yield f"{place} for {name}", _got(people[name], reverse(f"{place}_changelist"))
            for row in rows:
                for part in ("change", "history", "delete"):
                    yield f"{place} {part} for {name}", _got(people[name], reverse(f"{place}_{part}", args=[row.pk]))


def _audit(capsys: pytest.CaptureFixture[str]) -> str:
    for subject in AuditEntry.objects.values_list("subject", flat=True).distinct():
        call_command("audit", "show", "--action", subject)
    return capsys.readouterr().out


def _broken_pages(there: Planted, people: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Something goes wrong with secrets at hand: the page and the log say so without them."""

    def broken(*given: Any, **named: Any) -> None:
        secret = there.callback.secret, there.callback.subscribe
        raise RuntimeError(f"broken with {len(secret)} secrets at hand")

    with monkeypatch.context() as patch:
        patch.setattr("console.callbacks.views.sent_page", broken)
        answer = people["manager"].get(f"/fleets/{there.fleet.public_id}/callbacks/{there.callback.public_id}")
        assert answer.status_code == 500
        yield answer.text


def test_no_secret_is_readable(
    planted: Planted,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted.ids["batch_id"] = newest_batch(planted.callback).pk
    _work(planted)
    planted.ids["batch_id"] = newest_batch(planted.callback).pk
    texts = dict(_try_doors(planted))
    texts |= dict(_answers(planted))
    people = _everybody(planted)
    texts |= dict(_pages(planted, people)) | dict(_admin_pages(people))
    texts["page of an error"] = "".join(_broken_pages(planted, people, monkeypatch))
    texts["audit"] = _audit(capsys)
    texts["mails"] = "\n".join(str(letter.message()) for letter in mail.outbox)
    texts["log"] = caplog.text
    texts |= {f"table {name}": text for name, text in dump().items()}

    assert "Horn" in texts["audit"]
    assert "Notifications don" in texts["mails"], "nobody was told"
    assert "broken with" in texts["log"]
    assert planted.callback.public_id in texts["table callbacks_callback"]
    found = {what: places_of(secret, texts) for what, secret in planted.secrets().items()}
    keys = {browser.cookies["sessionid"].value: name for name, browser in people.items()}
    found |= {f"session of {name}": places_of(key, texts) for key, name in keys.items()}
    assert {what: places for what, places in found.items() if places} == {}
    assert len(found) > 30
    # In admin it is shown; v3 has it in each address that is asked.
    assert places_of("client-id-of-the-gateway", {"log": caplog.text}) == []


# What has a secret's name and may stand as it is.
HARMLESS = {
    # Digests of random secrets, and of passwords (Django's, slow).
    "auth.User.password",
    "fleets.FirstAdminLink.token_hash",
    "console.Visit.session",
    "sessions.Session.session_key",
    # Who is logged in, signed; a page's secret is never in it (console/callbacks/shown_secret.py).
    "sessions.Session.session_data",
    # Tables of the library of accounts that stay empty: there is no sign-up, and no other service is asked on.
    "account.EmailConfirmation.key",
    "socialaccount.SocialApp.key",
    "socialaccount.SocialApp.secret",
    "socialaccount.SocialToken.token",
    "socialaccount.SocialToken.token_secret",
    # Addresses, and what names a thing.
    "connections.Connection.token_url",
    "connections.EndNotice.key",
    "fleets.FormerCredentials.token_url",
    "fleets.Gateway.token_url",
    "remotes.Alert.key",
    "remotes.RemoteAction.idempotency_key",
}


def test_each_field_with_the_name_of_a_secret_is_encrypted_or_a_digest() -> None:
    """Who adds one reads this, and says here why it may stand as it is."""
    plain = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.TextField | models.CharField | models.JSONField | models.BinaryField)
        and is_secret_name(field.name)
        and not isinstance(field, EncryptedTextField)
    }
    assert plain == HARMLESS
