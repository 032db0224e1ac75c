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
    assert "The state could not be read: no answer · <time" in table
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


def test_our_callback_at_the_manufacturer_that_fails_is_told_with_the_reason(camille: Client, world: World):
    sending = f"/fleets/{world.lyon.public_id}/sending"
    words = "1 callback of ours at the manufacturer could not be registered or looked at"
    assert "could not be registered" not in text_of(camille, sending)
    why = Why(codes.REFUSED, why="no room")
    now = timezone.now()
    failed = {"callback_failed_at": now, "callback_checked_at": now, "callback_failure": why}
    world.lyon.upstream_fleets.update(**failed)
    assert needs_in(page_of(camille, world))[words] == sending
    assert "refused it: no room" in text_of(camille, sending)
    # It has gone well since.
    world.lyon.upstream_fleets.update(callback_checked_at=timezone.now())
    assert words not in needs_in(page_of(camille, world))
    assert "no room" not in text_of(camille, sending)


def test_a_vehicle_of_which_nobody_knows_what_it_can_do_says_so(camille: Client, world: World):
    page = world.page_of(world.van)
    for known, asked_at, is_said in (([], None, False), (None, None, False), (None, timezone.now(), True)):
        Vehicle.objects.filter(pk=world.van.pk).update(capabilities=known, capabilities_checked_at=asked_at)
        assert ("What this vehicle can do is not known" in text_of(camille, page)) == is_said
