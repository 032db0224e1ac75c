"""The state on a vehicle's page: who was asked when, why there is none, the free way to a new one, the other's cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import Gateway, UpstreamFleet, Vehicle
from protocol.why import Why
from remotes import tasks
from remotes.intake.vehicle_state import refresh
from remotes.models import FleetRules, WakeUp
from remotes.reading import watched
from remotes.words import codes
from tests.console.conftest import World
from tests.console.forms.given import HTMX
from tests.fleets.cloud import Cloud, listed
from tests.world import make_action, make_event

NOW = timezone.now()
HEARD = {"updatedAt": "2026-11-29T10:00:00Z", "ignition": {"type": "Stop"}}


def written(vehicle: Vehicle, **values: object) -> None:
    Vehicle.objects.filter(pk=vehicle.pk).update(state_due_at=None, **values)


def page_of(client: Client, world: World) -> str:
    return client.get(world.page_of(world.van, "/news")).content.decode()


def test_the_page_says_when_the_cloud_was_asked_and_when_the_vehicle_said_it(camille: Client, world: World) -> None:
    written(world.van, state=HEARD, state_read_at=NOW)
    page = page_of(camille, world)
    said = page[page.index('id="state-said"') :]
    assert said.index("The manufacturer's cloud was asked <time") < said.index("The vehicle said this <time")
    assert 'datetime="2026-11-29T10:00:00.000+00:00"' in said
    written(world.van, state={"ignition": {"type": "Stop"}})
    assert "When the vehicle said this is not known." in page_of(camille, world)
    assert "its turn" not in page


def test_a_status_of_404_is_said_with_the_clouds_words_and_nobody_is_told_to_wake_the_vehicle(
    camille: Client, world: World
) -> None:
    cloud = Cloud()
    cloud.fleets, cloud.states = {"f1": [listed(1)]}, {"v1": None}
    gateway = Gateway.objects.get(pk=world.van.gateway_id)
    Gateway.objects.filter(pk=gateway.pk).update(base_url=cloud.base_url)
    UpstreamFleet.objects.update_or_create(fleet=world.lyon, gateway=gateway, defaults={"upstream_id": "f1"})
    written(world.van, upstream_id="v1")
    refresh(world.van.pk)
    cloud.close()
    for page in (page_of(camille, world), camille.get(world.page_of(world.van)).content.decode()):
        assert "gave no state of this vehicle: Not Found: Position not found. <" in page
        assert "Asked <time" in page
        assert "Not read yet" not in page
        assert "command-refresh" not in page
        assert "Not known: the vehicle's state could not be read." in page
    table = camille.get(f"/fleets/{world.lyon.public_id}").content.decode()
    assert "No state" in table


def test_what_was_read_before_is_shown_beside_why_there_is_nothing_newer(camille: Client, world: World) -> None:
    written(world.van, state=HEARD, state_read_at=NOW - timedelta(hours=1))
    why = Why(codes.STATE_FAILED, why="no answer")
    Vehicle.objects.filter(pk=world.van.pk).update(state_problem=why, state_tried_at=NOW, state_failures=1)
    page = page_of(camille, world)
    assert "The state could not be read: no answer" in page
    assert "<dt>Ignition</dt>" in page


@pytest.mark.parametrize(
    ("limit", "spent", "words", "offered"),
    [
        (None, 0, "How many it has a month is not set.", True),
        (7, 0, "7 are left this month, 5 are kept in reserve.", True),
        (7, 1, "6 are left this month, 5 are kept in reserve.", True),
        (6, 1, "Only the reserve of wake-ups is left, which is not for this.", False),
    ],
)
def test_what_a_wake_up_costs_is_said_before_it_is_offered(
    camille: Client, world: World, limit: int | None, spent: int, words: str, offered: bool
) -> None:
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=limit, wake_reserve=5)
    written(world.van, state=HEARD, state_read_at=NOW)
    for _ in range(spent):
        action = make_action(world.van, state="done", status="Failed", accepted_at=NOW)
        WakeUp.objects.create(action=action, vehicle=world.van, at=NOW)
    page = page_of(camille, world)
    assert words in page
    assert ('id="command-refresh"' in page) is offered
    assert not offered or page.index('id="read-state"') < page.index("state-cost") < page.index("command-refresh")


def test_an_awake_vehicle_costs_nothing(camille: Client, world: World) -> None:
    written(world.van, state=HEARD, state_read_at=NOW)
    make_event(make_action(world.van, state="done", status="Success", accepted_at=timezone.now()), "Success")
    assert "spends no wake-up" in page_of(camille, world)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_viewer_has_it_read_for_nothing(
    viktor: Client, world: World, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[int], bool]] = []
    monkeypatch.setattr("remotes.reading.wish.wake", lambda task, ids, urgent: asked.append((task, ids, urgent)))
    written(world.van, state=HEARD, state_read_at=NOW)
    assert "command-refresh" not in page_of(viktor, world)
    answer = viktor.post(world.page_of(world.van, "/state"), headers=headers)
    assert answer.status_code == (200 if headers else 303)
    assert asked == [(tasks.refresh_vehicle.name, [world.van.pk], True)]
    # And if the message is lost, it is due.
    assert "asked as soon as its turn comes" in page_of(viktor, world)
    assert not world.van.remote_actions.exists()


def test_a_vehicle_that_is_gone_is_not_asked_for(camille: Client, world: World) -> None:
    Vehicle.objects.filter(pk=world.van.pk).update(gone_at=NOW)
    page = page_of(camille, world)
    assert "read-state" not in page
    assert "its turn" not in page
    written(world.van)
    camille.post(world.page_of(world.van, "/state"))
    world.van.refresh_from_db()
    assert world.van.state_due_at is None


def test_who_looks_is_remembered(viktor: Client, world: World) -> None:
    viktor.get(world.page_of(world.van))
    assert world.van.pk in watched.watched()
