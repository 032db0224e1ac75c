"""What a vehicle can do and what it is called, as the API tells it; and what it can't do, before anything is sent."""

from typing import Any

import pytest
from django.utils import timezone

from fleets.models import Vehicle
from remotes.models import RemoteAction
from tests.fleets.test_capabilities import DOCUMENT
from tests.published import hold

from .conftest import World
from .test_schema import validator


def vehicle(world: World, query: str = "") -> Any:
    return world.caller.get(f"/fleets/{world.fleet.public_id}/vehicles/{world.vehicle.public_id}", query)


def vehicles(world: World, query: str = "") -> Any:
    return world.caller.get(f"/fleets/{world.fleet.public_id}/vehicles", query)


@pytest.fixture
def known(ours: World) -> World:
    Vehicle.objects.filter(pk=ours.vehicle.pk).update(brand="Peugeot", model="e-208", capability_document=DOCUMENT)
    return ours


def test_nothing_is_embedded_that_was_not_asked_for(known: World) -> None:
    assert "_embedded" not in vehicle(known).json()
    assert "_embedded" not in vehicles(known).json()["_embedded"]["vehicles"][0]


@pytest.mark.parametrize(
    "query",
    [
        "&extension=onboardCapabilities&extension=branding",
        "&extension=branding,onboardCapabilities",
        "&extension=pictures,branding&extension=onboardCapabilities",
    ],
)
def test_extensions_are_asked_for_repeatedly_or_with_commas(known: World, query: str) -> None:
    body = vehicle(known, query).json()
    branding = {"brand": "Peugeot", "label": "e-208"}
    assert body["_embedded"] == {"extension": {"branding": branding, "onboardCapabilities": DOCUMENT}}
    validator("Vehicle").validate(body)
    hold(body, "Vehicle")


def test_what_is_not_known_is_left_out(ours: World) -> None:
    body = vehicle(ours, "&extension=pictures&extension=onboardCapabilities").json()
    assert body["_embedded"] == {"extension": {}}
    hold(body, "Vehicle")


def test_the_list_has_branding_on_every_page(known: World) -> None:
    Vehicle.objects.create(
        vin="VF3ABCDE0FG123499", fleet=known.fleet, gateway=known.vehicle.gateway, upstream_id="v2", brand="Opel"
    )
    first = vehicles(known, "&pageSize=1&extension=branding&extension=pictures").json()
    hold(first, "Vehicles")
    path = first["_links"]["next"]["href"].partition("/connectedcar/v3")[2]
    assert path.count("extension=") == 2
    second = known.caller.get(path.partition("?")[0], "&" + path.partition("?")[2]).json()
    brands = [page["_embedded"]["vehicles"][0]["_embedded"]["extension"] for page in (first, second)]
    assert brands == [{"branding": {"brand": "Peugeot", "label": "e-208"}}, {"branding": {"brand": "Opel"}}]


@pytest.mark.parametrize(
    ("read", "query"),
    [
        (vehicle, "&extension=wheels"),
        (vehicle, "&extension="),
        (vehicle, "&extension=branding,"),
        (vehicle, "&extension=branding&extension=branding&extension=branding&extension=branding"),
        (vehicles, "&extension=onboardCapabilities"),
        (vehicles, "&extension=branding,branding,pictures"),
    ],
)
def test_an_extension_that_is_not_known_is_400_with_words(ours: World, read: Any, query: str) -> None:
    answer = read(ours, query)
    assert (answer.status_code, answer.json()["code"]) == (400, 40099)
    assert answer.json()["message"].startswith("extension: must be 1 to ")
    assert "branding, pictures" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"horn": {"state": "Activated"}}, "can't do this: Horn"),
        ({"charging": {"immediate": False}}, "charging.immediate: false is not supported"),
        ({"charging": {"preferences": {"type": "Full"}}}, "charging.preferences.type is not supported"),
    ],
)
def test_what_the_vehicle_does_not_take_is_400_before_anything_is_sent(known: World, body: Any, words: str) -> None:
    Vehicle.objects.update(capabilities=["Charging"])
    answer = send(known, body)
    assert (answer.status_code, answer.json()["code"]) == (400, 40003)
    assert words in answer.json()["message"]
    assert RemoteAction.objects.count() == 0
    assert send(known, {"charging": {"immediate": True}}).status_code == 202


def test_a_gone_vehicle_is_read_and_takes_no_remote(ours: World) -> None:
    Vehicle.objects.update(gone_at=timezone.now())
    body = vehicle(ours).json()
    assert body["goneAt"].endswith("Z")
    validator("Vehicle").validate(body)
    hold(body, "Vehicle")
    answer = send(ours, {"door": {"state": "Locked"}})
    assert (answer.status_code, answer.json()["code"]) == (400, 40003)
    assert "is gone" in answer.json()["message"]
    Vehicle.objects.update(gone_at=None)
    assert send(ours, {"door": {"state": "Locked"}}).status_code == 202


def send(world: World, remote: Any) -> Any:
    callbacks = f"/fleets/{world.fleet.public_id}/remote/callbacks"
    subscribe = {"callback": {"webhook": {"target": "https://example.com/hook", "name": "hook"}}}
    callback_id = world.caller.post(callbacks, subscribe).json()["callbackId"]
    path = f"/fleets/{world.fleet.public_id}/vehicles/{world.vehicle.public_id}/callbacks/{callback_id}/remotes"
    return world.caller.post(path, remote)
