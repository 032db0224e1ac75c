"""What the manufacturer's cloud told and nobody could read is seen: on the fleet's pages and on the vehicle's."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from remotes.intake.unread import LONGEST, names_in
from remotes.models import InboundRequest
from tests.console.conftest import World
from tests.console.sending.unreadable import tell_unread
from tests.world import make_action, make_vehicle

DONE = {"type": "Done", "status": "Success"}
NEED = "notification of the manufacturer could not be read"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def event(vin: str, **values: object) -> dict[str, object]:
    return {"remoteActionId": "a-1", "vin": vin, "remoteType": "Doors", "eventStatus": DONE, **values}


def post(world: World, *events: object) -> None:
    tell_unread(world.lyon, json.dumps({"events": events}).encode())


def test_the_fleet_and_the_vehicle_say_so_with_the_reason(camille: Client, world: World):
    fleet = f"/fleets/{world.lyon.public_id}"
    assert NEED not in text_of(camille, f"{fleet}/overview")
    assert "could be read." in text_of(camille, f"{fleet}/unread")
    # One of two can be read: the other one is about the van.
    other = make_vehicle(world.lyon, "Van 2")
    post(world, event(other.vin), event(world.van.vin, eventStatus="Success"))
    overview = text_of(camille, f"{fleet}/overview")
    assert f'href="{fleet}/unread"' in overview
    assert NEED in overview
    page = text_of(camille, f"{fleet}/unread")
    # Another one may have its label.
    assert f'<a href="{world.page_of(world.van)}">Van 1</a> <span class="vin beside">{world.van.vin}</span>' in page
    assert world.page_of(other) not in page
    assert "eventStatus: is required, an object" in page
    assert "1 message" in page
    assert "eventStatus: is required, an object" in text_of(camille, world.page_of(world.van))
    assert 'id="unread"' not in text_of(camille, world.page_of(other))


def test_one_without_a_vin_is_about_the_vehicle_of_its_action(camille: Client, world: World):
    make_action(world.van, state="accepted", upstream_id="up-7", accepted_at=timezone.now())
    tell_unread(world.lyon, b'{"events": [{"remoteActionId": "up-7"')
    assert 'id="unread"' in text_of(camille, world.page_of(world.van))
    other = make_vehicle(world.lyon, "Van 2")
    assert 'id="unread"' not in text_of(camille, world.page_of(other))


@pytest.mark.parametrize(
    "body",
    [
        b'"remoteActionId": "a\x00b", "remoteActionId": "\xff"',
        b'{"events": [{"remoteActionId": "\\ud800"}]}',
        b'{"events": [{"remoteActionId": "\\u0000"}]}',
    ],
)
def test_what_no_database_takes_is_not_looked_for(camille: Client, world: World, body: bytes):
    tell_unread(world.lyon, body)
    assert "Not told" in text_of(camille, f"/fleets/{world.lyon.public_id}/unread")
    assert 'id="unread"' not in text_of(camille, world.page_of(world.van))


def test_other_fleets_are_told_nothing_and_after_three_days_nobody_is(camille: Client, world: World):
    tell_unread(world.paris, json.dumps({"events": [{"vin": world.van.vin}]}).encode())
    page = f"/fleets/{world.lyon.public_id}/unread"
    assert "could be read." in text_of(camille, page)
    assert 'id="unread"' not in text_of(camille, world.page_of(world.van))
    post(world, {"vin": world.van.vin})
    assert "Van 1" in text_of(camille, page)
    InboundRequest.objects.update(received_at=timezone.now() - timedelta(days=3, minutes=1))
    assert "could be read." in text_of(camille, page)
    assert 'id="unread"' not in text_of(camille, world.page_of(world.van))


def test_a_long_one_is_told_of_the_fleet_and_of_no_vehicle(camille: Client, world: World):
    post(world, {"vin": world.van.vin, "more": "x" * LONGEST})
    page = text_of(camille, f"/fleets/{world.lyon.public_id}/unread")
    assert "Not told" in page
    assert "x" * 100 not in page
    assert 'id="unread"' not in text_of(camille, world.page_of(world.van))


def test_who_may_read_them_again_is_led_to_where(camille: Client, world: World):
    page = f"/fleets/{world.lyon.public_id}/unread"
    assert "Read them again" not in text_of(camille, page)
    User.objects.filter(pk=world.camille.pk).update(is_staff=True, is_superuser=True)
    assert "Read them again" in text_of(camille, page)


@given(
    st.binary(max_size=300)
    | st.recursive(st.text(max_size=9) | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_whatever_came_is_looked_through(body: bytes):
    names = names_in(body)
    assert all(len(vin) == 17 for vin in names.vins)
