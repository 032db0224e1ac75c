"""So many callbacks a client may have in a fleet, and a fleet in all; also of two requests at once."""

from threading import Event
from typing import Any

import pytest
from pytest_django import Settings

from callbacks.models import Callback
from callbacks.registering.room import make_room
from fleets.models import ApiClient, Fleet
from tests.callbacks.outbox_world import make_callback
from tests.workers import Worker

from .conftest import SUBSCRIBE, Caller, World

OF_CLIENT = "This client has as many callbacks in this fleet as it may have: 2. Delete one of them first."
OF_FLEET = "This fleet has as many callbacks as it may have: 3. One of them must be deleted first."


def register(caller: Caller, fleet: Fleet) -> tuple[int, str]:
    """The status, and the id or what was wrong."""
    answer = caller.post(f"/fleets/{fleet.public_id}/remote/callbacks", SUBSCRIBE)
    body = answer.json()
    return answer.status_code, body.get("callbackId") or body["message"]


def neighbour(world: World) -> Caller:
    """Another client of the fleet."""
    row = ApiClient(client_id="neighbour", name="neighbour", username="neighbour")
    secret = row.new_secret()
    row.fleets.add(world.fleet)
    return Caller(row, secret, world.caller.http)


def test_a_client_and_a_fleet_have_room_for_so_many(ours: World, settings: Settings) -> None:
    settings.CALLBACKS_PER_CLIENT, settings.CALLBACKS_PER_FLEET = 2, 3
    other = Fleet.objects.create(name="other")
    ours.caller.row.fleets.add(other)
    first = register(ours.caller, ours.fleet)[1]
    assert register(ours.caller, ours.fleet)[0] == 200
    assert register(ours.caller, ours.fleet) == (400, OF_CLIENT)
    # What is there can be changed; another fleet and another client have room of their own.
    place = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    assert ours.caller.request("PUT", f"{place}/{first}", SUBSCRIBE).status_code == 202
    assert register(ours.caller, other)[0] == 200
    assert register(neighbour(ours), ours.fleet)[0] == 200
    assert ours.caller.request("DELETE", f"{place}/{first}").status_code == 204
    # An alert webhook is one of the fleet's too.
    webhook = make_callback(ours.fleet)
    Callback.objects.filter(pk=webhook.pk).update(for_alerts=True, created_by=None)
    assert register(ours.caller, ours.fleet) == (400, OF_FLEET)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_the_last_place(
    ours: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLBACKS_PER_CLIENT = 2
    assert register(ours.caller, ours.fleet)[0] == 200
    counted, saved = Event(), Event()

    def count_and_wait(*given: Any) -> None:
        make_room(*given)
        if not counted.is_set():
            counted.set()
            assert saved.wait(30)

    monkeypatch.setattr("api.v3.callbacks.make_room", count_and_wait)
    first = Worker(lambda: register(ours.caller, ours.fleet))
    assert counted.wait(30)
    second = Worker(lambda: register(ours.caller, ours.fleet)).until_it_waits()
    saved.set()
    assert first.result()[0] == 200
    assert second.result() == (400, OF_CLIENT)
    assert ours.fleet.callbacks.count() == 2
