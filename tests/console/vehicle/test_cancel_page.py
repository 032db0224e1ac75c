"""What waits on a vehicle's page: why, until when, and that it can be cancelled before it is sent."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import AuditEntry
from protocol.why import Why
from remotes.asking import kill_switch
from remotes.models import RemoteAction
from remotes.words import codes
from tests.console.conftest import World
from tests.world import make_action

HTMX = {"HX-Request": "true"}


def url_of(world: World, action: RemoteAction, part: str = "/cancel") -> str:
    return world.page_of(action.vehicle, f"/actions/{action.public_id}{part}")


def text_of(client: Client, world: World) -> str:
    return " ".join(client.get(world.page_of(world.van)).content.decode().split())


def test_what_waits_says_why_and_until_when(camille: Client, world: World):
    why = Why(codes.PACE, number=2, others=Why(codes.OTHERS_WAIT, number=40))
    action = make_action(world.van, why=why)
    page = text_of(camille, world)
    assert "The manufacturer&#x27;s cloud takes 2 requests a second; 40 others wait too." in page
    expires = action.expires_at.isoformat(timespec="milliseconds")
    assert f'Expires <time role="timer" datetime="{expires}" data-deadline>' in page
    assert "then it is never sent." in page
    assert 'class="failure"' not in page
    assert "/static/countdown" in page


def test_before_dispatch_has_looked_at_it_a_stop_is_the_reason(camille: Client, world: World):
    make_action(world.van)
    assert "It goes out in a moment" in text_of(camille, world)
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    for url in (world.page_of(world.van), f"/fleets/{world.lyon.public_id}/sending"):
        page = camille.get(url).content.decode()
        assert "Nothing is sent at present." in page
        assert "It goes out in a moment" not in page


def test_a_long_wait_names_the_day(camille: Client, world: World):
    make_action(world.van, expires_at=timezone.now() + timedelta(days=1))
    assert "data-deadline>on " in text_of(camille, world)


def test_what_waits_for_the_vehicles_waking_says_so(camille: Client, world: World):
    make_action(world.van, "start-climate", when_awake=True)
    assert "It waits until the vehicle is awake anyway, and spends no wake-up." in text_of(camille, world)


def test_a_manager_cancels_it(camille: Client, world: World):
    action = make_action(world.van, user=world.camille)
    page = text_of(camille, world)
    assert f'action="{url_of(world, action)}"' in page
    response = camille.post(url_of(world, action))
    assert (response.status_code, response.headers["Location"]) == (303, world.page_of(world.van))
    action.refresh_from_db()
    assert action.state == "cancelled"
    page = text_of(camille, world)
    assert '<span class="badge plain">Cancelled</span>' in page
    assert "Cancelled by camille." in page
    assert 'class="failure"' not in page
    assert url_of(world, action) not in page
    entry = AuditEntry.objects.get(subject=action.public_id, kind="operated")
    assert (entry.who, entry.origin, entry.document["what"]) == ("camille", "page", "cancelled")


def test_htmx_gets_the_news(camille: Client, world: World):
    action = make_action(world.van)
    response = camille.post(url_of(world, action), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert '<div id="news"' in page
    assert ">Cancelled</span>" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("accepted", "The manufacturer&#x27;s cloud has accepted it and can&#x27;t take it back."),
        ("done", "It has ended already."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_once_it_is_sent_the_page_says_why_it_can_not(
    camille: Client, world: World, state: str, words: str, headers: dict[str, str]
):
    action = make_action(world.van, state=state)
    page = camille.post(url_of(world, action), headers=headers, follow=True).content.decode()
    assert f"Unlock: it can&#x27;t be cancelled any more. {words}" in page
    action.refresh_from_db()
    assert action.state == state


def test_what_is_under_way_has_no_button_but_the_reason(camille: Client, viktor: Client, world: World):
    action = make_action(world.van, state="accepted")
    page = text_of(camille, world)
    assert "It can't be cancelled any more. The manufacturer&#x27;s cloud has accepted it" in page
    assert url_of(world, action) not in page
    assert "be cancelled any more" not in text_of(viktor, world)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_sees_it_wait_and_cancels_nothing(viktor: Client, world: World, headers: dict[str, str]):
    action = make_action(world.van)
    page = text_of(viktor, world)
    assert "data-deadline" in page
    assert url_of(world, action) not in page
    response = viktor.post(url_of(world, action), headers=headers)
    assert response.status_code == 403
    assert "not send commands" in response.content.decode()
    action.refresh_from_db()
    assert action.state == "queued"


@pytest.mark.parametrize("part", ["/cancel", "/approve", "/decide", "/again"])
def test_another_companys_action_is_not_there(camille: Client, world: World, part: str):
    action = make_action(world.rental)
    assert camille.post(url_of(world, action, part)).status_code == 404
    mixed = world.page_of(world.van, f"/actions/{action.public_id}{part}")
    assert camille.post(mixed).status_code == 404
    action.refresh_from_db()
    assert action.state == "queued"


def test_looking_at_the_address_cancels_nothing(camille: Client, world: World):
    action = make_action(world.van)
    assert camille.get(url_of(world, action)).status_code == 405


def test_a_form_of_another_site_is_refused(world: World):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.camille)
    action = make_action(world.van)
    for part in ("/cancel", "/approve", "/decide", "/again"):
        assert client.post(url_of(world, action, part)).status_code == 403
