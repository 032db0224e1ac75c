"""Sending a command from a vehicle's page."""

import pytest
from django.test import Client

from fleets.models import Gateway
from tests.console.conftest import World
from tests.console.forms.given import error_of

HTMX = {"HX-Request": "true"}


def test_a_button_asks_for_the_action_and_leads_back(camille: Client, world: World):
    response = camille.post(world.page_of(world.van, "/actions"), {"command": "unlock"})
    assert response.status_code == 303
    assert response.headers["Location"] == world.page_of(world.van)
    action = world.van.remote_actions.get()
    assert (action.remote_type, action.payload) == ("Locking", {"state": "Unlocked"})
    assert (action.state, action.user) == ("queued", world.camille)


def test_htmx_gets_the_news_with_the_new_action(camille: Client, world: World):
    response = camille.post(world.page_of(world.van, "/actions"), {"command": "lock"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="news"' in page
    assert world.van.remote_actions.get().public_id in page
    assert 'id="commands"' in page
    assert "<html" not in page


def test_only_what_the_vehicle_can_do_has_a_button(camille: Client, world: World):
    world.van.capabilities = ["Locking", "Stolen"]
    world.van.save()
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'id="command-unlock"' in page
    assert 'id="command-mark-stolen"' in page
    assert 'id="command-honk"' not in page
    assert 'id="command-refresh"' not in page


def test_a_vehicle_that_can_do_nothing_says_so(camille: Client, world: World):
    world.van.capabilities = []
    world.van.save()
    assert "no feature that can be used from here" in camille.get(world.page_of(world.van)).content.decode()


def test_a_dialect_without_a_word_for_it_has_no_button(camille: Client, world: World):
    Gateway.objects.filter(pk=world.van.gateway_id).update(dialect="v1")
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'id="command-unlock"' in page
    assert 'id="command-refresh"' not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("command", ["honk", "self-destruct", ""])
def test_what_is_not_possible_is_told_in_the_panel(
    camille: Client, world: World, command: str, headers: dict[str, str]
):
    world.van.capabilities = ["Locking"]
    world.van.save()
    response = camille.post(world.page_of(world.van, "/actions"), {"command": command}, headers=headers)
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert response.headers.get("HX-Retarget") == ("#news" if headers else None)
    assert not world.van.remote_actions.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_sends_nothing_and_is_told_why(viktor: Client, world: World, headers: dict[str, str]):
    page = viktor.get(world.page_of(world.van)).content.decode()
    assert "not send commands" in page
    assert "command-unlock" not in page
    assert "command-refresh" not in page
    response = viktor.post(world.page_of(world.van, "/actions"), {"command": "unlock"}, headers=headers)
    assert response.status_code == 403
    assert "not send commands" in response.content.decode()
    assert not world.van.remote_actions.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_dangerous_command_is_asked_for_twice(camille: Client, world: World, headers: dict[str, str]):
    url = world.page_of(world.van, "/actions")
    for asked in (
        camille.get(url, {"command": "immobilise"}, headers=headers),
        camille.post(url, {"command": "immobilise"}, headers=headers),
    ):
        assert asked.status_code == 200
        assert "Immobilise – Van 1?" in asked.content.decode()
        assert not world.van.remote_actions.exists()
    given = {"command": "immobilise", "confirmed": "yes", "reason": "Not paid."}
    camille.post(url, given, headers=headers)
    action = world.van.remote_actions.get()
    assert (action.remote_type, action.reason, action.origin) == ("Immobilization", "Not paid.", "page")


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_dangerous_command_needs_a_reason(camille: Client, world: World, headers: dict[str, str], reason: str):
    given = {"command": "immobilise", "confirmed": "yes", "reason": reason}
    response = camille.post(world.page_of(world.van, "/actions"), given, headers=headers)
    assert response.status_code == 422
    assert response.headers.get("HX-Retarget") == ("#confirm" if headers else None)
    words = "Say why." if not reason.strip() else "At most 1000 characters."
    assert error_of(response, "reason") == words
    assert not world.van.remote_actions.exists()


def test_looking_at_the_address_of_actions_sends_nothing(camille: Client, world: World):
    response = camille.get(world.page_of(world.van, "/actions"), {"command": "unlock"})
    assert response.status_code == 303
    assert not world.van.remote_actions.exists()


def test_a_form_of_another_site_is_refused(world: World):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.camille)
    response = client.post(world.page_of(world.van, "/actions"), {"command": "unlock"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    assert not world.van.remote_actions.exists()
