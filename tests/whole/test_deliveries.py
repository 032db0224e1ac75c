"""A subscriber's whole way: register over the API, send a remote action, be notified of each of its events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.receiver.driving import Receiver
from tests.running import Running
from tests.waiting import wait_until

UNLOCK = {"label": "for a subscriber", "door": {"state": "Unlocked"}}
STEPS = ["Accepted", "WakingUpVehicle", "CheckingVehicle", "SentToVehicle", "Success"]


def received(url: str, callback_id: str) -> list[dict[str, Any]]:
    """What a receiver got for a callback, oldest first; the other tests' may go to it too."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": 0, "more": True}
    while page["more"]:
        page = requests.get(f"{url}/receiver/received", params={"since": page["next"]}, timeout=20).json()
        found += [entry for entry in page["received"] if entry["callbackId"] == callback_id]
    return found


def statuses(entries: list[dict[str, Any]]) -> list[str]:
    return [event["eventStatus"]["status"] for entry in entries for event in entry["events"]]


def test_each_event_arrives_once_verified_and_in_order(running: Running) -> None:
    vehicle = running.vehicles("asleep")[8]
    attributes = [{"type": "Header", "key": "X-Vehicle", "value": "$vin"}]
    url = running.environment["RECEIVER_URL"]
    callback_id, secret = running.subscribe(running.fleet_of(vehicle), f"{url}/in-order", attributes)
    assert requests.put(f"{url}/receiver/secrets", json={"secrets": [secret]}, timeout=20).ok
    path = running.send(vehicle, UNLOCK, callback_id)
    assert running.final(path) == ("Success", None)
    wait_until(lambda: len(received(url, callback_id)) >= len(STEPS), "a notification for each step")
    entries = received(url, callback_id)
    assert statuses(entries) == STEPS
    assert [entry["why"] for entry in entries if not entry["verified"]] == []
    assert len({entry["webhookId"] for entry in entries}) == len(STEPS)
    assert {event["remoteActionId"] for entry in entries for event in entry["events"]} == {path.rpartition("/")[2]}
    assert {(entry["path"], entry["headers"]["x-vehicle"]) for entry in entries} == {("/in-order", vehicle["vin"])}


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """A subscriber of its own, that fails the first two."""
    receiver = Receiver(tmp_path / "output", "--fail-first", "2")
    wait_until(receiver.is_ready, "the receiver to be ready")
    yield receiver
    receiver.stop()


def test_what_a_subscriber_refused_comes_again_the_same(running: Running, receiver: Receiver) -> None:
    vehicle = running.vehicles("awake")[1]
    retry = {"policy": "Bounded", "retryNumber": 3, "retryDelay": 1}
    callback_id, secret = running.subscribe(running.fleet_of(vehicle), f"{receiver.url}/again", retryPolicy=retry)
    assert requests.put(f"{receiver.url}/receiver/secrets", json={"secrets": [secret]}, timeout=20).ok
    path = running.send(vehicle, {"horn": {"state": "Activated"}}, callback_id)
    assert running.final(path) == ("Success", None)
    expected = running.events(path, least=3)

    def arrived() -> list[dict[str, Any]]:
        return [entry for entry in receiver.received() if entry["answer"] == 200]

    wait_until(lambda: len(arrived()) >= len(expected), "all notifications in the end", 30)
    assert sorted(statuses(arrived())) == sorted(expected)
    tries = receiver.received()
    assert [entry["why"] for entry in tries if not entry["verified"]] == []
    assert len(tries) == len(expected) + 2
    # A try sends the same id and bytes, and none overtakes one that is tried again.
    assert [entry["webhookId"] for entry in arrived()] == list(dict.fromkeys(entry["webhookId"] for entry in tries))
    assert len({(entry["webhookId"], entry["sha256"]) for entry in tries}) == len(expected)
