"""What fails in the background is counted on the overview, and leads to as many rows, each with its reason."""

from html import unescape

from django.test import Client
from django.utils import timezone

from fleets.models import LeftOut, Vehicle
from protocol.why import Why
from remotes.words import codes
from tests.console.conftest import World
from tests.console.overview.test_overview import needs_in, page_of
from tests.world import make_vehicle

WHY = Why(codes.STATE_FAILED, why="no answer")


def text_of(client: Client, path: str) -> str:
    return " ".join(unescape(client.get(path).content.decode()).split())


def fail_to_read(vehicle: Vehicle, **values: object) -> None:
    Vehicle.objects.filter(pk=vehicle.pk).update(state_problem=WHY, state_tried_at=timezone.now(), **values)


def test_states_that_cannot_be_read_lead_to_their_vehicles_with_the_reason(camille: Client, world: World):
    assert not any("state" in words for words in needs_in(page_of(camille, world)))
    fail_to_read(world.van)
    fail_to_read(make_vehicle(world.lyon, "Gone"), gone_at=timezone.now())
    fail_to_read(world.rental)
    make_vehicle(world.lyon, "Well")
    path = needs_in(page_of(camille, world))["1 vehicle's state can't be read"]
    table = text_of(camille, path)
    assert ">1 vehicle<" in table
    assert ">Van 1</a>" in table
    assert "The state could not be read: no answer" in table
    assert ">Well</a>" not in table
    everybody = text_of(camille, f"/fleets/{world.lyon.public_id}")
    assert everybody.count("State not read") == 1
    assert "no answer" not in everybody


def test_what_a_sync_has_left_out_is_told_to_who_sees_to_vehicles(camille: Client, viktor: Client, world: World):
    LeftOut.objects.create(
        gateway=world.van.gateway,
        fleet=world.lyon,
        upstream_fleet="f1",
        vin="VF3LEFT00UT000001",
        why=Why(codes.STATE_FAILED, why="twice"),
        since=timezone.now(),
        seen_at=timezone.now(),
    )
    path = needs_in(page_of(camille, world))["1 vehicle is left out"]
    assert "VF3LEFT00UT000001" in text_of(camille, path)
    assert "1 vehicle is left out" not in needs_in(page_of(viktor, world))
    nothing = f"/fleets/{world.lyon.public_id}?q=left00ut"
    assert "What is left out, and why" in text_of(camille, nothing)
    assert "What is left out, and why" not in text_of(viktor, nothing)
