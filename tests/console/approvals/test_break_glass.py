"""Sending without a second person: with a second factor shown just now, a reason, and everybody told."""

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from remotes.asking import break_glass
from remotes.models import RemoteAction, Review
from tests.accounts.authenticator import Phone, log_in, set_up_app
from tests.console.approvals.conftest import text_of
from tests.console.conftest import World
from tests.world import make_person

HTMX = {"HX-Request": "true"}
REASON = "The thief is at the gate."


def glass(world: World, action: RemoteAction) -> str:
    return world.page_of(world.van, f"/actions/{action.public_id}/break-glass")


@pytest.fixture
def browser(world: World) -> tuple[Client, Phone]:
    """Camille's, with an app set up."""
    client = log_in(world.camille)
    phone, _codes = set_up_app(client)
    return client, phone


def test_it_asks_for_the_second_factor_again_and_then_for_a_reason(
    world: World, browser: tuple[Client, Phone], asked: RemoteAction
) -> None:
    client, phone = browser
    where = glass(world, asked)
    assert where in client.get(world.page_of(world.van)).content.decode()
    answer = client.get(where)
    assert answer.status_code == 303
    assert answer["Location"].startswith(reverse("ask-again"))
    # From the dialog of the page the whole page goes there.
    assert client.get(where, headers=HTMX)["HX-Redirect"] == answer["Location"]
    assert client.post(where, {"reason": REASON}).status_code == 303
    assert not Review.objects.exists()

    onward = client.post(reverse("ask-again"), {"passcode": phone.code(), "next": where})
    assert (onward.status_code, onward["Location"]) == (303, where)
    page = " ".join(client.get(where).content.decode().split())
    assert "All managers are told, by mail too, with your name and your reason." in page
    assert client.post(where, {"reason": "Too short"}).status_code == 422
    assert not Review.objects.exists()
    client.post(where, {"reason": REASON})
    asked.refresh_from_db()
    assert asked.state == "queued"
    assert Review.objects.get().reason == REASON


def test_what_was_shown_long_ago_is_asked_for_again(
    world: World, browser: tuple[Client, Phone], asked: RemoteAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, phone = browser
    where = glass(world, asked)
    client.post(reverse("ask-again"), {"passcode": phone.code(), "next": where})
    assert client.get(where).status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 301)
    assert client.post(where, {"reason": REASON}).status_code == 303
    assert not Review.objects.exists()


def test_without_a_second_factor_nothing_is_sent_alone(world: World, camille: Client, asked: RemoteAction) -> None:
    where = glass(world, asked)
    setting_up = f"{reverse('second-factor')}?{urlencode({'next': where})}"
    for answer in (camille.get(where), camille.post(where, {"reason": REASON})):
        assert (answer.status_code, answer["Location"]) == (303, setting_up)
    assert "needs a second factor. Set one up to go on." in camille.get(setting_up).text
    assert not Review.objects.exists()


def test_the_history_says_that_nobody_has_approved_it(
    world: World, browser: tuple[Client, Phone], asked: RemoteAction
) -> None:
    break_glass.break_glass(asked, world.camille, REASON)
    page = text_of(browser[0], world.page_of(world.van))
    assert "Sent without a second person by camille" in page
    assert "Approved by" not in page


@pytest.mark.parametrize("role", ["viewer", "support", "operator", "auditor"])
def test_only_managers_break_it(world: World, asked: RemoteAction, role: str) -> None:
    person: User = make_person(role, world.lyon, role=role)
    client = log_in(person)
    set_up_app(client)
    assert client.post(glass(world, asked), {"reason": REASON}).status_code == 403
    assert not Review.objects.exists()


def test_what_waits_no_more_is_not_sent_again(world: World, browser: tuple[Client, Phone], asked: RemoteAction) -> None:
    client, phone = browser
    where = glass(world, asked)
    client.post(reverse("ask-again"), {"passcode": phone.code(), "next": where})
    client.post(where, {"reason": REASON})
    again = client.post(where, {"reason": REASON}, follow=True)
    assert "It does not wait for approval." in again.content.decode()
    assert Review.objects.count() == 1
