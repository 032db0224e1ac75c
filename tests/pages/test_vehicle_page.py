"""The page of a vehicle: who may see it, its state and its history."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets.models import ApiClient
from remotes.history import PAGE_SIZE
from remotes.models import RemoteAction
from tests.pages.conftest import World
from tests.world import make_action, make_event


@pytest.mark.parametrize("part", ["", "/news", "/actions"])
def test_another_companys_vehicle_is_not_there(camille: Client, world: World, part: str):
    assert camille.get(world.page_of(world.rental, part)).status_code == 404
    mixed = f"/fleets/{world.lyon.public_id}/vehicles/{world.rental.public_id}{part}"
    assert camille.get(mixed).status_code == 404


def test_the_heading_names_the_vehicle(camille: Client, world: World):
    page = camille.get(world.page_of(world.van)).content.decode()
    for text in ("Van 1", world.van.vin, "AB-123-CD", "Peugeot e-Expert", "Electric"):
        assert text in page


def test_a_state_that_was_never_read_says_so(camille: Client, world: World):
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "Not read yet." in page
    assert "Refresh state" in page


def test_the_state_is_shown_with_the_age_of_each_value(camille: Client, world: World):
    world.van.state = {
        "createdAt": "2026-11-21T12:00:00Z",
        "doorsState": {"createdAt": "2026-11-21T11:00:00Z", "lockedStates": ["Locked"]},
    }
    world.van.state_read_at = timezone.now()
    world.van.save()
    page = camille.get(world.page_of(world.van, "/news")).content.decode()
    assert "<dd>Locked</dd>" in page
    assert 'datetime="2026-11-21T11:00:00.000+00:00"' in page


def test_an_action_shows_its_status_and_each_step(camille: Client, world: World):
    action = make_action(world.van, state="accepted", status="SentToVehicle", user=world.camille)
    for second, status in enumerate(("Accepted", "WakingUpVehicle", "SentToVehicle")):
        make_event(action, status, after=second)
    page = camille.get(world.page_of(world.van)).content.decode()
    for text in (
        "Unlock",
        "camille",
        "Waking up the vehicle",
        "WakingUpVehicle",
        "Sent to the vehicle",
        "SentToVehicle",
    ):
        assert text in page
    assert 'data-status="SentToVehicle"' in page
    assert page.index("Waking up the vehicle") < page.rindex("Sent to the vehicle")


@pytest.mark.parametrize("status", ["Success", "AlreadyDone", "Failed", "NewFangledStatus"])
def test_the_protocols_word_can_be_read(camille: Client, world: World, status: str):
    make_action(world.van, state="done", status=status)
    assert f">{status}</" in camille.get(world.page_of(world.van, "/news")).content.decode()


@pytest.mark.parametrize(
    ("state", "words"), [("queued", "Queued"), ("unknown", "we are asking the manufacturer&#x27;s cloud")]
)
def test_before_upstream_says_anything_our_state_is_shown(camille: Client, world: World, state: str, words: str):
    make_action(world.van, state=state)
    assert words in camille.get(world.page_of(world.van, "/news")).content.decode()


@pytest.mark.parametrize("cause", ["VehicleConnectionTimeout", "NewFangledCause"])
def test_a_failure_names_its_cause(camille: Client, world: World, cause: str):
    action = make_action(world.van, state="done", status="Failed", failure_cause=cause)
    make_event(action, "Failed", cause=cause)
    page = camille.get(world.page_of(world.van)).content.decode()
    assert cause in page
    assert ("What to do:" in page) == (cause == "VehicleConnectionTimeout")


def test_our_own_words_for_an_end_are_shown(camille: Client, world: World):
    make_action(world.van, state="expired", status="Failed", failure_cause="GeneralError", detail="Not sent <in time>.")
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "Not sent &lt;in time&gt;." in page
    assert "Expired" in page


@pytest.mark.parametrize(
    ("origin", "words"),
    [("page", "on a page"), ("api", "over the API"), ("schedule", "by a schedule"), ("bulk", "by a bulk command")],
)
def test_an_action_says_who_asked_for_it_from_where_and_why(camille: Client, world: World, origin: str, words: str):
    service = ApiClient.objects.create(client_id="b", name="Booking", username="b", secret_hash="0" * 64)
    make_action(world.van, api_client=service, origin=origin, reason="Rental <7> has ended.")
    page = camille.get(world.page_of(world.van)).content.decode()
    assert f'Asked for by Booking (service) <span class="muted">{words}</span>' in page
    assert "Why: “Rental &lt;7&gt; has ended.”" in page


def _long_history(world: World) -> list[RemoteAction]:
    actions = [make_action(world.van, "lock", state="done", status="Success") for _ in range(PAGE_SIZE + 5)]
    for action in actions:
        for second, status in enumerate(("Accepted", "WakingUpVehicle", "SentToVehicle", "Success")):
            make_event(action, status, after=second)
    return actions


def test_older_actions_are_a_page_further(camille: Client, world: World):
    actions = _long_history(world)
    oldest_shown = actions[5]
    first = camille.get(world.page_of(world.van)).content.decode()
    assert first.count('<li class="card entry') == PAGE_SIZE
    assert f"?before={oldest_shown.pk}" in first
    older = camille.get(world.page_of(world.van, f"?before={oldest_shown.pk}")).content.decode()
    assert older.count('<li class="card entry') == 5
    assert actions[0].public_id in older
    assert "Older actions" not in older


@pytest.mark.parametrize("before", ["x", "0", "9" * 30])
def test_a_broken_key_leads_to_the_newest_page(camille: Client, world: World, before: str):
    action = make_action(world.van)
    assert action.public_id in camille.get(world.page_of(world.van, f"?before={before}")).content.decode()


@pytest.mark.parametrize("part", ["", "/news"])
def test_a_page_takes_few_queries_whatever_the_rows(
    camille: Client, world: World, part: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    _long_history(world)
    with django_assert_max_num_queries(12):
        page = camille.get(world.page_of(world.van, part))
    assert len(page.content) < 100_000


def test_how_long_it_took_is_said(camille: Client, world: World):
    action = make_action(world.van, state="done", status="Success")
    RemoteAction.objects.filter(pk=action.pk).update(finished_at=action.created_at + timedelta(seconds=51))
    assert "took 51 s" in camille.get(world.page_of(world.van)).content.decode()
