"""A form whose session has ended keeps what was typed: whoever logs in again finds it there, and nothing was sent."""

import json
import re
from typing import Any

import pytest
from django import forms
from django.core import signing
from django.test import Client

from callbacks.models import Callback
from console.callbacks.forms import CallbackForm
from console.connections.forms import AccountForm
from console.entrance import typed
from tests.broken_urls import BROKEN
from tests.console.conftest import World
from tests.world import PASSWORD

TYPED = {"name": "Billing", "target": "https://billing.example.com/in", "key1": "Authorization", "value1": "s3cret"}


def logged_in(name: str = "camille", **kind: Any) -> Client:
    client = Client(**kind)
    client.post("/login", {"username": name, "password": PASSWORD})
    # The browser shows a page of theirs.
    client.get("/")
    return client


def end_session(client: Client) -> None:
    client.session.flush()


def sealed(page: str) -> str:
    found = re.search(r'name="typed" value="([^"]+)"', page)
    return found[1] if found else ""


def url(world: World) -> str:
    return f"/fleets/{world.lyon.public_id}/callbacks/new"


def sent_too_late(client: Client, world: World) -> str:
    """The login that follows on a form whose session has ended."""
    end_session(client)
    answer = client.post(url(world), TYPED, headers={"Referer": f"http://testserver{url(world)}"})
    assert answer.status_code == 401
    return answer.content.decode()


def test_who_logs_in_again_is_back_at_the_form_with_what_was_typed(world: World) -> None:
    client = logged_in()
    login = sent_too_late(client, world)
    assert "nothing was sent" in login
    assert '<form method="post" action="/login"' in login
    answer = client.post(
        "/login", {"username": "camille", "password": PASSWORD, "next": url(world), "typed": sealed(login)}
    )
    assert answer.headers["Location"] == url(world)
    page = client.get(url(world)).content.decode()
    assert '<dd data-name="target">https://billing.example.com/in</dd>' in page
    assert '<dd data-name="name">Billing</dd>' in page
    assert not Callback.objects.exists()
    # Once.
    assert "data-name" not in client.get(url(world)).content.decode()


@pytest.mark.parametrize("page", ["", *BROKEN])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_browser_that_names_no_page_is_led_to_where_the_form_was_sent(world: World, broken: str, page: str) -> None:
    client = logged_in()
    end_session(client)
    answer = client.post(url(world), {**TYPED, "page": page}, headers={"Referer": broken})
    assert answer.status_code == 401
    assert f'name="next" value="{url(world)}"' in answer.content.decode()


def test_a_wrong_password_in_between_loses_nothing(world: World) -> None:
    client = logged_in()
    login = sealed(sent_too_late(client, world))
    again = client.post("/login", {"username": "camille", "password": "wrong", "next": url(world), "typed": login})
    assert sealed(again.content.decode()) == login


def test_secrets_are_not_kept_anywhere(world: World) -> None:
    client = logged_in()
    login = sent_too_late(client, world)
    kept = signing.loads(sealed(login), salt=typed.SALT)
    assert dict(kept["fields"]).keys() == {"name", "target"}
    client.post("/login", {"username": "camille", "password": PASSWORD, "typed": sealed(login)})
    assert "s3cret" not in str(dict(client.session.items()))
    assert "s3cret" not in login


@pytest.mark.parametrize("form", [AccountForm, CallbackForm])
def test_no_field_of_a_secret_has_a_name_that_is_kept(form: type[forms.Form]) -> None:
    """Those that the forms themselves hide, and files."""
    hidden = [
        name
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.PasswordInput | forms.FileInput)
    ]
    assert [
        name for name in (*hidden, "value1", "value12", "key1", "proxy", "password") if typed.may_be_kept(name)
    ] == []
    assert all(typed.may_be_kept(name) for name in ("name", "username", "token_url", "reason", "target", "client_id"))


def test_another_person_does_not_see_it(world: World) -> None:
    client = logged_in()
    login = sealed(sent_too_late(client, world))
    client.post("/login", {"username": "viktor", "password": PASSWORD, "next": url(world), "typed": login})
    assert typed.KEY not in client.session


@pytest.mark.parametrize("forged", ["", "x", "x:y:z"])
def test_what_we_have_not_sealed_is_not_shown(world: World, forged: str) -> None:
    client = Client()
    client.post("/login", {"username": "camille", "password": PASSWORD, "typed": forged})
    assert typed.KEY not in client.session


def test_a_page_that_is_too_old_is_shown_anew_with_what_was_typed(world: World) -> None:
    """Its person has logged in anew in another tab, so its token is an old one."""
    client = logged_in(enforce_csrf_checks=False)
    client.handler.enforce_csrf_checks = True
    headers = {"Referer": f"http://testserver{url(world)}", "Sec-Fetch-Site": "same-origin"}
    answer = client.post(url(world), TYPED, headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, url(world))
    assert "Billing" in client.get(url(world)).content.decode()
    assert not Callback.objects.exists()


def test_another_site_puts_no_words_into_our_forms(world: World) -> None:
    client = logged_in()
    client.handler.enforce_csrf_checks = True
    headers = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}
    answer = client.post(url(world), TYPED, headers=headers)
    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()
    assert typed.KEY not in client.session


@pytest.mark.parametrize("page", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(world: World, page: str) -> None:
    client = logged_in()
    answer = client.post("/login/typed", {"page": page, "typed": '[["name", "x"]]'})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_what_is_much_or_no_typing_is_not_kept(world: World) -> None:
    client = logged_in()
    end_session(client)
    motley = "".join(chr(0x4E00 + 7919 * number % 20_000) for number in range(typed.MOST - 10))
    for told in (
        json.dumps([["name", motley]]),
        '[["name", "' + "x" * typed.MOST + '"]]',
        "{",
        "[1]",
        '[["draft", "rows"]]',
    ):
        answer = client.post("/login/typed", {"page": "/", "typed": told})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/")
