"""Approving on a vehicle's page: by another manager than the one who asked."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from remotes.models import FleetRules, RemoteAction
from tests.console.conftest import LogIn, World
from tests.world import make_person

HTMX = {"HX-Request": "true"}


@pytest.fixture
def diane(world: World) -> User:
    return make_person("diane", world.lyon, first_name="Diane", last_name="Arnaud")


@pytest.fixture
def action(world: World, camille: Client) -> RemoteAction:
    """Camille asks to immobilise the van, which another manager of Lyon must approve."""
    FleetRules.objects.create(fleet=world.lyon, approval_types=["Immobilization"])
    given = {"command": "immobilise", "confirmed": "yes", "reason": "Not returned."}
    camille.post(world.page_of(world.van, "/actions"), given)
    return world.van.remote_actions.get()


def url_of(world: World, action: RemoteAction) -> str:
    return world.page_of(world.van, f"/actions/{action.public_id}/approve")


def text_of(client: Client, world: World) -> str:
    return " ".join(client.get(world.page_of(world.van)).content.decode().split())


def test_who_has_asked_sees_it_wait(camille: Client, world: World, action: RemoteAction):
    page = text_of(camille, world)
    assert "Waiting for approval" in page
    assert "Another manager must approve it. You have asked for it yourself." in page
    assert url_of(world, action) not in page
    assert f"/{action.public_id}/cancel" in page


def test_who_approves_is_told_for_how_long_and_what_else_is_sent(
    world: World, action: RemoteAction, diane: User, log_in: LogIn
):
    client = log_in(diane)

    def question() -> str:
        return " ".join(client.get(url_of(world, action)).content.decode().split())

    assert "it may be sent for 2 min, then never" in question()
    assert "Fields stand beside it" not in question()
    action.set(lives_for=timedelta(days=1), extra={"attributes": [], "activate": True})
    assert "it may be sent for 24 h, then never" in question()
    assert "FleetRemote does not know: activate." in question()


def test_another_manager_sees_who_asks_and_why_and_approves(
    world: World, action: RemoteAction, diane: User, log_in: LogIn
):
    client = log_in(diane)
    page = text_of(client, world)
    assert "Asked for by camille" in page
    assert "Why: “Not returned.”" in page
    assert f'href="{url_of(world, action)}"' in page
    question = " ".join(client.get(url_of(world, action)).content.decode().split())
    assert "Approve: Immobilise – Van 1?" in question
    assert "Asked for by camille on a page" in question
    assert "“Not returned.”" in question
    assert "nothing is known of its movement" in question
    response = client.post(url_of(world, action))
    assert (response.status_code, response.headers["Location"]) == (303, world.page_of(world.van))
    action.refresh_from_db()
    assert (action.state, action.approved_by) == ("queued", diane)
    assert "Approved by Diane Arnaud" in text_of(client, world)


def test_the_question_comes_into_the_dialog(world: World, action: RemoteAction, diane: User, log_in: LogIn):
    response = log_in(diane).get(url_of(world, action), headers=HTMX)
    assert response.headers["HX-Retarget"] == "#confirm"
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nobody_approves_what_they_have_asked_for(
    camille: Client, world: World, action: RemoteAction, headers: dict[str, str]
):
    for response in (
        camille.get(url_of(world, action), headers=headers, follow=True),
        camille.post(url_of(world, action), headers=headers, follow=True),
    ):
        words = "Immobilise: Another manager than those who had a hand in it must decide: nobody approves their own."
        assert words in response.content.decode()
    action.refresh_from_db()
    assert action.state == "waiting-approval"


def test_what_waits_no_more_is_not_approved_again(world: World, action: RemoteAction, diane: User, log_in: LogIn):
    client = log_in(diane)
    client.post(url_of(world, action))
    page = client.post(url_of(world, action), follow=True).content.decode()
    assert "It does not wait for approval." in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_approves_nothing(viktor: Client, world: World, action: RemoteAction, headers: dict[str, str]):
    assert url_of(world, action) not in text_of(viktor, world)
    assert viktor.get(url_of(world, action), headers=headers).status_code == 403
    response = viktor.post(url_of(world, action), headers=headers)
    assert response.status_code == 403
    assert "not approve" in response.content.decode()
    action.refresh_from_db()
    assert action.state == "waiting-approval"


def test_who_would_ask_is_told_that_another_must_approve_and_where_nobody_could(
    camille: Client, world: World, log_in: LogIn
):
    """One manager alone would wait for ever, and is told what to do."""
    asking = world.page_of(world.van, "/actions?command=immobilise")
    question = " ".join(camille.get(asking).text.split())
    assert "It is sent only once another person has approved it. Nobody else here may approve it." in question
    assert f'href="/fleets/{world.lyon.public_id}/people"' in question
    make_person("diane", world.lyon)
    assert "It is sent once another person has approved it." in camille.get(asking).text
    releasing = world.page_of(world.van, "/actions?command=release")
    assert "once another person has approved it" not in camille.get(releasing).text


def test_what_waits_where_nobody_else_may_approve_says_so(camille: Client, world: World, action: RemoteAction):
    assert "Nobody else here may approve it." in text_of(camille, world)
    make_person("diane", world.lyon)
    assert "Nobody else here may approve it." not in text_of(camille, world)


def test_what_a_pause_of_theft_alerts_means_is_said_to_who_asks_and_to_who_approves(
    camille: Client, world: World, diane: User, log_in: LogIn
):
    given = {"way": "suppress", "duration": "2"}
    asked = camille.post(world.page_of(world.van, "/actions/new?type=Tan"), given).content.decode()
    assert "nobody is told when the vehicle is stolen" in asked
    given |= {"confirmed": "yes", "reason": "It is on a ferry."}
    camille.post(world.page_of(world.van, "/actions/new?type=Tan"), given)
    action = world.van.remote_actions.get()
    assert "nobody is told when the vehicle is stolen" in log_in(diane).get(url_of(world, action)).content.decode()
