"""A vehicle's wake-ups on its page: spent, limit, reserve, forecast, and whether it is awake."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from remotes.models import FleetRules, WakeUp
from tests.console.conftest import World
from tests.world import make_action, make_event


def text_of(client: Client, world: World) -> str:
    page = " ".join(client.get(world.page_of(world.van)).content.decode().split())
    return page[page.index('id="waking-title"') :]


def spend(world: World, number: int, at: datetime | None = None) -> None:
    for _ in range(number):
        action = make_action(world.van, state="done", status="Success")
        WakeUp.objects.create(action=action, vehicle=world.van, at=at or timezone.now())


def test_without_a_limit_they_are_only_counted(camille: Client, viktor: Client, world: World):
    spend(world, 3)
    spend(world, 2, timezone.now() - timedelta(days=40))
    page = text_of(camille, world)
    assert "<strong>3</strong> so far." in page
    assert "No limit is set" in page
    assert "<meter" not in page
    assert "Set one" in page
    assert "Set one" not in text_of(viktor, world)


def test_spent_limit_and_reserve_are_shown(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=30, wake_reserve=5)
    spend(world, 3)
    page = text_of(camille, world)
    assert "<strong>3</strong> of 30 spent" in page
    assert 'max="30" low="25" high="30" optimum="0" value="3"' in page
    assert "A reserve of 5 is kept for locking, immobilising, finding and theft." in page


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (5, "The 2 that are left are kept for locking, immobilising, finding and theft."),
        (6, "The 1 that is left is kept for locking, immobilising, finding and theft."),
        (7, "None is left."),
    ],
)
def test_when_the_reserve_is_reached_that_is_said(camille: Client, world: World, spent: int, words: str):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=7, wake_reserve=2)
    spend(world, spent)
    page = text_of(camille, world)
    assert words in page
    assert "Anything else is refused while the vehicle is asleep." in page


def test_the_forecast_warns(camille: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    noon = datetime(2026, 11, 16, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=10, wake_reserve=1)
    spend(world, 6, noon)
    page = text_of(camille, world)
    assert '<p class="waking-forecast">At this pace 12 by the end of the month.</p>' in page


def test_whether_it_is_awake_is_told_as_far_as_it_is_known(camille: Client, world: World):
    assert "Not known" in text_of(camille, world)
    action = make_action(world.van, state="done", status="Success")
    event = make_event(action, "Success")
    page = text_of(camille, world)
    assert "Awake" in page
    assert "Last heard of" in page
    assert "What is sent now spends no wake-up." in page
    event.effective_at -= timedelta(hours=2)
    event.save()
    page = text_of(camille, world)
    assert "Asleep, it seems" in page
    assert "What is sent now may wake it up." in page
