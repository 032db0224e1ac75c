"""Our web server is down while the cloud has much to tell; what waited comes as arrays without headers, and is taken.

Web server, simulator and what lies between them are real.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from fleets.models import Fleet, Gateway, UpstreamFleet, Vehicle
from launcher.environment import read_wishes
from launcher.guardian import Guardian
from launcher.probes import free_port
from launcher.process import Child
from launcher.services import Programs
from remotes.models import InboundRequest, RemoteAction, RemoteEvent
from remotes.registration import registration
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.simulator.driving import FLEET, Sent, Simulator, vehicle_of
from tests.waiting import wait_until

ACTIONS, STATUSES, TOGETHER = 84, 3, 50


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path / "world.sqlite", "--speed", "200", "--arrays", str(TOGETHER))
    yield simulator.start()
    simulator.stop()


@pytest.fixture
def start_web(tmp_path: Path, transactional_db: None, settings: Any) -> Iterator[Callable[[], Child]]:
    """Starts our web server on the test's own database, always at the same address."""
    wishes = read_wishes({"FLEETREMOTE_HOME": str(tmp_path), "PORT": str(free_port(None)), "WEB_WORKERS": "1"})
    settings.PUBLIC_URL = wishes.local_url
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    web = Programs(wishes, {**os.environ, "DATABASE_URL": url, "PUBLIC_URL": wishes.local_url}).web()
    guardian, children = Guardian(), list[Child]()

    def start() -> Child:
        child = Child(web.command(), guardian)
        children.append(child)
        wait_until(lambda: web.is_ready() and child.poll() is None, "the web server to answer", 60)
        return child

    yield start
    for child in children:
        child.stop(grace=10)
    guardian.close()


@pytest.fixture
def vehicle(simulator: Simulator, transactional_db: None) -> Vehicle:
    """The awake one, in our fleet at the simulator, which is no sandbox of ours here."""
    gateway = Gateway.objects.create(
        name="cloud", base_url=f"{simulator.url}/connectedcar/v3", client_id=CLIENT_ID, username=USER, password=PASSWORD
    )
    fleet = Fleet.objects.create(name="Lyon")
    UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=FLEET.id)
    there = vehicle_of("awake")
    return Vehicle.objects.create(vin=there.vin, fleet=fleet, gateway=gateway, upstream_id=there.id)


def accepted(vehicle: Vehicle, sent: Sent, on: bool) -> RemoteAction:
    """The row of an action that the cloud has accepted."""
    now = timezone.now()
    return RemoteAction.objects.create(
        fleet=vehicle.fleet,
        vehicle=vehicle,
        gateway=vehicle.gateway,
        remote_type="Lights",
        payload={"on": on},
        state="accepted",
        upstream_id=sent.id,
        accepted_at=now,
        expires_at=now,
    )


def test_all_that_waited_while_our_web_server_was_down_is_stored(
    simulator: Simulator, start_web: Callable[[], Child], vehicle: Vehicle
) -> None:
    web = start_web()
    upstream = registration.check(UpstreamFleet.objects.get().pk)
    there = vehicle_of("awake")

    def send(number: int) -> tuple[RemoteAction, Sent]:
        on = number % 2 == 0
        sent = simulator.send(there, upstream.callback_id, {"lights": {"on": on}})
        return accepted(vehicle, sent, on), sent

    first, _ = send(0)
    wait_until(lambda: RemoteAction.objects.get(pk=first.pk).state == "done", "the first action to end", 30)
    assert not any(bytes(request.body).startswith(b"[") for request in InboundRequest.objects.all())
    web.stop(grace=10)
    told_before = RemoteEvent.objects.count()
    waiting = []
    for number in range(1, ACTIONS + 1):
        action, sent = send(number)
        # The next one would be refused while this one is in progress.
        assert sent.end() == ("Success", None)
        waiting.append(action)
    assert RemoteEvent.objects.count() == told_before

    start_web()
    expected = told_before + ACTIONS * STATUSES
    assert ACTIONS * STATUSES >= 250
    wait_until(lambda: RemoteEvent.objects.count() == expected, "all that waited to be stored", 60)
    ended = RemoteAction.objects.filter(pk__in=[action.pk for action in waiting])
    assert set(ended.values_list("state", "status", "failure_cause")) == {("done", "Success", None)}
    assert not RemoteEvent.objects.filter(action=None).exists()
    # As the cloud posts them after an outage: many together, and so without the header that holds our secret. Those
    # that it was just about to post, and the last ones, come alone.
    bodies = [json.loads(bytes(request.body)) for request in InboundRequest.objects.all()]
    arrays = [body for body in bodies if isinstance(body, list)]
    assert sum(len(array) for array in arrays) >= ACTIONS * STATUSES - 2 * TOGETHER
    assert not InboundRequest.objects.exclude(outcome="stored").exists()
