"""An unknown outcome on a vehicle's page: what is known, what a person says of it, and sending again after its end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets.audit.entries import Kind, record
from gateways.codes import NO_ANSWER
from protocol.why import Why
from remotes import audit
from remotes.life.unknown import known_of
from remotes.models import RemoteAction
from remotes.timeouts import BETWEEN_LOOK_UPS
from tests.console.conftest import World
from tests.console.forms.given import error_of
from tests.world import make_action

HTMX = {"HX-Request": "true"}


@pytest.fixture
def action(world: World) -> RemoteAction:
    """A honk that was sent and never answered."""
    now = timezone.now()
    action = make_action(
        world.van,
        "honk",
        state="unknown",
        user=world.camille,
        attempts=1,
        sent_at=now,
        due_at=now + BETWEEN_LOOK_UPS,
        why=Why(NO_ANSWER),
    )
    record(Kind.SENT, audit.about(action), document={"purpose": "send", "request": "POST /remotes"})
    answer = {"purpose": "send", "status": None, "error": "ReadTimeout: Read timed out.", "why": {"code": NO_ANSWER}}
    record(Kind.ANSWERED, audit.about(action), document=answer)
    return action


def url_of(world: World, action: RemoteAction, part: str) -> str:
    return world.page_of(world.van, f"/actions/{action.public_id}{part}")


def text_of(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_each_action_shows_its_own_entries_however_often_another_was_looked_up(world: World, action: RemoteAction):
    other = make_action(world.van, "immobilise", state="unknown", attempts=1, sent_at=timezone.now())
    for number in range(300):
        looked_up = {"purpose": audit.LOOK_UP, "status": 500 + number % 2, "error": ""}
        record(Kind.ANSWERED, audit.about(action), document=looked_up)
    record(Kind.SENT, audit.about(other), document={"purpose": "send", "request": "POST /remotes"})
    known = known_of([action, other])
    assert [str(answer.why) for answer in known[other.pk].answers] == ["Sent to the manufacturer's cloud"]
    words = [str(answer.why) for answer in known[action.pk].answers]
    assert words[:2] == ["Sent to the manufacturer's cloud", "The manufacturer's cloud did not answer in time."]
    assert (len(words), words[-1]) == (24, "Answered with status 501")


def test_what_is_known_is_shown(camille: Client, world: World, action: RemoteAction):
    RemoteAction.objects.filter(pk=action.pk).update(absent_since=timezone.now())
    page = text_of(camille, world.page_of(world.van))
    for words in (
        "Outcome unknown",
        "It is not known whether it was carried out.",
        "The manufacturer&#x27;s cloud did not answer in time.",
        "Sent to the manufacturer&#x27;s cloud <span",
        "<li>The manufacturer&#x27;s cloud did not answer in time. <span",
        "Looked up at the manufacturer's cloud and not found there",
        "Without news FleetRemote asks the manufacturer's cloud",
        "It was carried out…",
        "It was not carried out…",
    ):
        assert words in page
    assert url_of(world, action, "/again") not in page
    assert url_of(world, action, "/cancel") not in page


def test_without_a_record_the_time_of_sending_is_known(camille: Client, world: World):
    make_action(world.van, state="unknown", sent_at=timezone.now(), attempts=2)
    page = text_of(camille, world.page_of(world.van))
    assert "Sent to the manufacturer's cloud <time" in page
    assert ", try 2." in page


def test_unknown_outcomes_cost_one_query(
    camille: Client, world: World, action: RemoteAction, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for _ in range(5):
        make_action(world.van, state="unknown", sent_at=timezone.now())
    # One more is the number of open alerts in the frame.
    with django_assert_max_num_queries(13):
        camille.get(world.page_of(world.van))


@pytest.mark.parametrize(
    ("happened", "words", "status"),
    [("yes", "was carried out", "Success"), ("no", "was not carried out", "Failed")],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_person_says_what_became_of_it(
    camille: Client,
    world: World,
    action: RemoteAction,
    happened: str,
    words: str,
    status: str,
    headers: dict[str, str],
):
    url = url_of(world, action, "/decide")
    question = text_of(camille, f"{url}?happened={happened}")
    assert f"Honk – Van 1: it {words}?" in question
    assert "did not answer in time" in question
    assert f'name="happened" value="{happened}"' in question
    camille.post(url, {"happened": happened, "reason": "The driver heard."}, headers=headers)
    action.refresh_from_db()
    assert (action.state, action.status) == ("done", status)
    page = text_of(camille, world.page_of(world.van))
    assert f"camille says that it {words}: The driver heard." in page
    assert ('class="failure"' in page) == (happened == "no")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_how_they_know_must_be_said(camille: Client, world: World, action: RemoteAction, headers: dict[str, str]):
    response = camille.post(url_of(world, action, "/decide"), {"happened": "no", "reason": " "}, headers=headers)
    assert response.status_code == 422
    assert response.headers.get("HX-Retarget") == ("#confirm" if headers else None)
    assert error_of(response, "reason") == "Say how you know."
    assert 'name="happened" value="no"' in response.content.decode()
    action.refresh_from_db()
    assert action.state == "unknown"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_known_by_now_is_not_decided(
    camille: Client, world: World, action: RemoteAction, headers: dict[str, str]
):
    RemoteAction.objects.filter(pk=action.pk).update(
        state="done", status="Success", upstream_id="a1", finished_at=timezone.now()
    )
    url = url_of(world, action, "/decide")
    given = {"happened": "no", "reason": "It was silent."}
    for response in (
        camille.get(f"{url}?happened=no", headers=headers, follow=True),
        camille.post(url, given, headers=headers, follow=True),
    ):
        assert "its outcome is known by now" in response.content.decode()
        assert response.headers.get("HX-Retarget") == ("#news" if headers else None)
    action.refresh_from_db()
    assert action.status == "Success"


@pytest.mark.parametrize("part", ["/decide", "/again"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_sees_what_is_known_and_decides_nothing(
    viktor: Client, world: World, action: RemoteAction, part: str, headers: dict[str, str]
):
    page = text_of(viktor, world.page_of(world.van))
    assert "did not answer in time" in page
    assert url_of(world, action, "/decide") not in page
    response = viktor.post(url_of(world, action, part), {"happened": "no", "reason": "It was."}, headers=headers)
    assert response.status_code == 403
    assert "not send commands" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_once_it_has_come_to_nothing_it_can_be_sent_again(
    camille: Client, world: World, action: RemoteAction, headers: dict[str, str]
):
    camille.post(url_of(world, action, "/decide"), {"happened": "no", "reason": "It was silent."})
    url = url_of(world, action, "/again")
    assert f'href="{url}"' in text_of(camille, world.page_of(world.van))
    question = text_of(camille, url)
    assert "Try again: Honk – Van 1?" in question
    assert "It was silent." in question
    assert 'name="reason"' not in question
    assert world.van.remote_actions.count() == 1
    camille.post(url, headers=headers)
    again = world.van.remote_actions.first()
    assert again is not None
    assert again != action
    assert (again.remote_type, again.payload, again.origin) == ("Horn", action.payload, "page")


def test_a_dangerous_one_is_sent_again_only_with_a_new_reason(camille: Client, world: World):
    action = make_action(world.van, "immobilise", state="unknown", sent_at=timezone.now(), reason="Not paid.")
    camille.post(url_of(world, action, "/decide"), {"happened": "no", "reason": "It drove."})
    url = url_of(world, action, "/again")
    assert "will not start again" in text_of(camille, url)
    assert error_of(camille.post(url), "reason") == "Say why."
    assert world.van.remote_actions.count() == 1
    camille.post(url, {"reason": "Still not paid."})
    again = world.van.remote_actions.first()
    assert again is not None
    assert (again.reason, again.state) == ("Still not paid.", "waiting-approval")


@pytest.mark.parametrize("values", [{"state": "queued"}, {"state": "done", "status": "Success"}])
def test_what_goes_on_or_was_done_is_not_sent_again(camille: Client, world: World, values: dict[str, str]):
    action = make_action(world.van, "honk", **values)
    url = url_of(world, action, "/again")
    assert url not in text_of(camille, world.page_of(world.van))
    assert "there is no need to send it again" in camille.post(url, follow=True).content.decode()
    assert world.van.remote_actions.count() == 1


def test_what_the_vehicle_can_not_do_any_more_is_told(camille: Client, world: World):
    action = make_action(world.van, "honk", expires_at=timezone.now() - timedelta(minutes=1))
    camille.post(url_of(world, action, "/cancel"))
    world.van.capabilities = ["Locking"]
    world.van.save()
    page = camille.post(url_of(world, action, "/again"), follow=True).content.decode()
    assert "Van 1 can&#x27;t do this: Horn." in page
