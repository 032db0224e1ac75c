"""Before a vehicle is immobilised the page says what is known of its movement."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from remotes.models import FleetRules
from tests.console.conftest import World


def report(world: World, moving: bool | None, minutes: float = 3) -> str:
    """Have the vehicle say that it moves or stands; gives the time as pages write it."""
    at = (timezone.now() - timedelta(minutes=minutes)).replace(microsecond=0)
    state: dict[str, Any] = {"updatedAt": at.isoformat()}
    if moving is not None:
        state["kinetic"] = {"createdAt": at.isoformat(), "moving": moving}
    world.van.state, world.van.state_read_at = state, timezone.now()
    world.van.save()
    return at.isoformat(timespec="milliseconds")


def question(client: Client, world: World, command: str = "immobilise") -> str:
    page = client.get(world.page_of(world.van, "/actions"), {"command": command}).content.decode()
    return " ".join(page.split())


def test_a_vehicle_that_stands(camille: Client, world: World):
    at = report(world, moving=False, minutes=12)
    assert f'It was standing <time datetime="{at}" data-moment="age">' in question(camille, world)


def test_a_vehicle_that_moves_is_refused(camille: Client, world: World):
    at = report(world, moving=True)
    page = question(camille, world)
    assert f'It was moving <time datetime="{at}"' in page
    assert "It will be refused: a vehicle that moves is not immobilised." in page


@pytest.mark.parametrize(("minutes", "refused"), [(4, True), (6, False)])
def test_how_old_the_news_may_be_is_the_fleets_rule(camille: Client, world: World, minutes: int, refused: bool):
    FleetRules.objects.create(fleet=world.lyon, moving_minutes=5)
    report(world, moving=True, minutes=minutes)
    page = question(camille, world)
    assert ("It will be refused" in page) == refused
    assert ("That is too long ago to count" in page) == (not refused)


def test_nothing_known_is_said(camille: Client, world: World):
    report(world, moving=None)
    assert "nothing is known of its movement" in question(camille, world)


@pytest.mark.parametrize("command", ["release", "mark-stolen", "wipe-personal-data"])
def test_where_it_does_not_matter_nothing_is_said_of_it(camille: Client, world: World, command: str):
    report(world, moving=True)
    assert "moving" not in question(camille, world, command)


def test_the_form_says_it_too(camille: Client, world: World):
    report(world, moving=True)
    url = world.page_of(world.van, "/actions/new?type=Stolen")
    assert "It will be refused" in camille.post(url, {"way": "immobilise"}).content.decode()
    assert "It will be refused" not in camille.post(url, {"way": "mark"}).content.decode()
