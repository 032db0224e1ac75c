"""Logging in and out, and what a person without a login gets."""

import pytest
from django.test import Client

from console.requests import wants_fragment
from tests.console.conftest import World
from tests.world import PASSWORD

HTMX = {"HX-Request": "true"}


def test_log_in_leads_to_the_fleets(client: Client, world: World):
    response = client.post("/login", {"username": "camille", "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Lyon" in response.content.decode()


def test_a_wrong_password_is_said_on_the_form(client: Client, world: World):
    page = client.post("/login", {"username": "camille", "password": "wrong"}).content.decode()
    assert 'id="login-error"' in page


def test_too_many_tries_are_told_what_to_do(client: Client, world: World):
    for _ in range(11):
        response = client.post("/login", {"username": "camille", "password": "wrong"})
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


def test_log_out_is_a_post(camille: Client):
    assert camille.get("/logout").status_code == 405
    assert camille.post("/logout").headers["Location"] == "/login"
    assert camille.get("/").status_code == 302


@pytest.mark.parametrize("part", ["", "/actions"])
def test_a_page_sends_a_stranger_to_the_login_and_back(client: Client, world: World, part: str):
    url = world.page_of(world.van, part)
    assert client.get(url).headers["Location"] == f"/login?next={url}"


def test_fragments_are_401_for_a_stranger(client: Client, world: World):
    news = client.get(world.page_of(world.van, "/news"))
    sent = client.post(world.page_of(world.van, "/actions"), {"command": "unlock"}, headers=HTMX)
    searched = client.get(f"/fleets/{world.lyon.public_id}?q=van", headers=HTMX)
    assert [news.status_code, sent.status_code, searched.status_code] == [401, 401, 401]
    assert "Log in again" in news.content.decode()
    assert not world.van.remote_actions.exists()


def test_no_page_is_kept_by_a_cache(camille: Client, world: World):
    for url in ("/", f"/fleets/{world.lyon.public_id}", world.page_of(world.van)):
        assert "no-store" in camille.get(url).headers["Cache-Control"]


def test_going_back_in_the_history_takes_a_whole_page(camille: Client, world: World):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    response = camille.get(f"/fleets/{world.lyon.public_id}", headers=headers)
    assert "<html" in response.content.decode()
    assert not wants_fragment(response.wsgi_request)


def test_pages_hold_no_inline_script_or_style(camille: Client, world: World):
    for url in ("/", f"/fleets/{world.lyon.public_id}", world.page_of(world.van), "/nothing"):
        page = camille.get(url).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


def test_what_is_not_there_says_what_to_do(camille: Client):
    response = camille.get("/nothing")
    assert response.status_code == 404
    assert "Go to your fleets" in response.content.decode()
