"""What a manager sees of a v1 channel: its member in this fleet, which runs and pauses; its client changes it."""

import json

import pytest
from django.test import Client

from callbacks import channels
from callbacks.delivery.forming import form
from callbacks.models import Batch, Callback, Channel
from callbacks.outbox import Entry, put
from fleets.storage import clock
from tests.callbacks.outbox_world import make_channel, make_event
from tests.console.conftest import World
from tests.world import make_action, make_vehicle

from .test_callback_changes import text_of, url_of

WORD = "Channel (Connected Car v1)"


@pytest.fixture
def channel(world: World) -> Channel:
    return make_channel(world.lyon, world.paris, attributes=[{"type": "Header", "key": "X-Token", "value": "hush"}])


@pytest.fixture
def member(world: World, channel: Channel) -> Callback:
    return channels.member(channel, world.lyon)


def test_it_is_shown_as_a_channel_and_nothing_is_offered_that_its_client_does(
    camille: Client, channel: Channel, member: Callback
) -> None:
    assert WORD in text_of(camille, f"/fleets/{member.fleet.public_id}/callbacks")
    page = text_of(camille, url_of(member))
    assert WORD in page
    assert channel.public_id in page
    assert "Its client makes them over the API, for all its fleets at once." in page
    assert "100 that wait go together, without attributes." in page
    assert "hush" not in page
    for offered in ("/pause", "/test"):
        assert f'action="{url_of(member, offered)}"' in page
    for part in ("/edit", "/secret", "/delete"):
        assert f'"{url_of(member, part)}"' not in page


@pytest.mark.parametrize("part", ["/edit", "/secret", "/delete"])
def test_what_is_not_offered_is_not_there(camille: Client, member: Callback, part: str) -> None:
    before = Callback.objects.values().get(pk=member.pk)
    assert camille.get(url_of(member, part)).status_code == 404
    assert camille.post(url_of(member, part), {"name": "x"}).status_code == 404
    assert Callback.objects.values().get(pk=member.pk) == before


def test_pausing_concerns_this_fleet_only(camille: Client, channel: Channel, member: Callback, world: World) -> None:
    camille.post(url_of(member, "/pause"))
    assert "camille has paused it." in text_of(camille, url_of(member))
    assert channels.member(channel, world.paris).status == "Running"
    camille.post(url_of(member, "/resume"))
    assert channels.status_of(channel) == "Running"
    assert camille.get(url_of(channels.member(channel, world.paris))).status_code == 404


def test_its_test_shows_what_was_said(camille: Client, member: Callback, world: World) -> None:
    sent = camille.post(url_of(member, "/test"))
    page = text_of(camille, sent.headers["Location"])
    assert "Test notification" in page
    assert str(world.van) in page
    assert "Succeeded" in page or "Success" in page


def test_an_array_shows_each_event_and_its_vehicle(camille: Client, member: Callback, world: World) -> None:
    vehicles = [world.van, make_vehicle(world.lyon, "Van 2")]
    entries = []
    for number in range(100):
        vehicle = vehicles[number % 2]
        action = make_action(vehicle, callback=member) if number < 2 else None
        told = make_event(vin=vehicle.vin, **({"remoteActionId": action.public_id} if action else {}))
        entries.append(Entry(told, vehicle.pk))
    put(member, entries)
    form(member, clock.now(), 10)
    batch = Batch.objects.get()
    assert len(json.loads(bytes(batch.body))) == 100
    page = text_of(camille, url_of(member, f"/notifications/{batch.pk}"))
    assert "Notification with 100 events" in page
    assert page.count(batch.remote_action_ids[0]) >= 2
    assert page.count(">Van 1<") == page.count(">Van 2<") == 1


def test_in_french_it_has_its_words(camille: Client, member: Callback) -> None:
    page = camille.get(url_of(member), headers={"Accept-Language": "fr"}).content.decode()
    assert "Canal (Connected Car v1)" in page
