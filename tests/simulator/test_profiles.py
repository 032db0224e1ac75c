"""Each profile, over HTTP, ends as the protocol says; state stays and meets the next command."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from simulator.vehicles.profiles import PROFILES
from simulator.world import WorldVehicle
from tests.simulator.driving import FLEET, Simulator, Webhook, until, vehicle_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("vehicles and restarts of the simulator", 13, of="tests")

UNLOCK = {"door": {"state": "Unlocked"}}
LOCK = {"door": {"state": "Locked"}}
# off-line-then-back goes on after its time-out: it has a test of its own.
REFUSING = {name: kind.ends_with for name, kind in PROFILES.items() if kind.ends_with and not kind.returns}


def test_awake_and_then_already_done(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("awake"), simulator.subscribe(webhook.url)
    first = simulator.send(vehicle, callback, UNLOCK)
    assert webhook.wait_done(first) == ["Accepted", "SentToVehicle", "Success"]
    second = simulator.send(vehicle, callback, UNLOCK)
    assert webhook.wait_done(second) == ["Accepted", "SentToVehicle", "AlreadyDone"]
    assert first.end() == ("Success", None)
    assert simulator.truth(vehicle)["executed"] == {"Doors": 1}
    assert simulator.truth(vehicle)["state"]["locked"] is False


def test_asleep_is_woken_once_and_stays_awake(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("asleep"), simulator.subscribe(webhook.url)
    assert simulator.truth(vehicle)["awake"] is False
    first = simulator.send(vehicle, callback, UNLOCK)
    assert webhook.wait_done(first) == ["Accepted", "WakingUpVehicle", "SentToVehicle", "Success"]
    second = simulator.send(vehicle, callback, LOCK)
    assert webhook.wait_done(second) == ["Accepted", "SentToVehicle", "Success"]
    truth = simulator.truth(vehicle)
    assert (truth["wakeUps"], truth["executed"]) == (1, {"Doors": 2})


@pytest.mark.parametrize("profile", REFUSING)
def test_profile_ends_with_its_cause(quick: Simulator, webhook: Webhook, profile: str):
    vehicle, callback = vehicle_of(profile), quick.subscribe(webhook.url)
    sent = quick.send(vehicle, callback, UNLOCK)
    statuses = webhook.wait_done(sent)
    assert sent.end() == ("Failed", REFUSING[profile])
    assert webhook.events(sent)[-1]["eventStatus"]["failureCause"] == REFUSING[profile]
    assert quick.truth(vehicle)["executed"] == {}
    before = {
        "unreachable": ["Accepted", "WakingUpVehicle"],
        "deep-sleep": ["Accepted", "WakingUpVehicle"],
        "low-battery": ["VehicleBatteryChargeTooLow"],
        "unsubscribed": [],
        "quota-spent": [],
    }
    assert statuses[:-1] == before.get(profile, ["Accepted", "SentToVehicle"])


def test_off_line_then_back_tells_the_truth_later(quick: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("off-line-then-back"), quick.subscribe(webhook.url)
    sent = quick.send(vehicle, callback, UNLOCK)
    assert webhook.wait_done(sent) == ["Accepted", "WakingUpVehicle", "Failed"]
    until(lambda: webhook.statuses(sent)[-1] == "Success", "the vehicle is back")
    assert sent.end() == ("Success", None)
    assert quick.truth(vehicle)["executed"] == {"Doors": 1}


def test_stolen_vehicle_obeys_once_it_is_found(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("stolen"), simulator.subscribe(webhook.url)
    assert simulator.send(vehicle, callback, {"stolen": {"stolen": False}}).end() == ("Success", None)
    assert simulator.send(vehicle, callback, UNLOCK).end() == ("Success", None)


def test_navigation_announces_less(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("asleep"), simulator.subscribe(webhook.url)
    body = {"navigation": {"positions": [{"type": "Point", "coordinates": [4.8, 45.7]}]}}
    assert webhook.wait_done(simulator.send(vehicle, callback, body)) == ["SentToVehicle", "Success"]


def test_same_action_in_progress(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("asleep"), simulator.subscribe(webhook.url)
    first = simulator.send(vehicle, callback, {"label": "one", **UNLOCK})
    same = simulator.send(vehicle, callback, {"label": "two", **UNLOCK})
    opposite = simulator.send(vehicle, callback, LOCK)
    assert webhook.wait_done(same) == ["Failed"]
    assert same.end() == ("Failed", "SameActionInProgress")
    assert first.end() == ("Success", None)
    assert opposite.end() == ("Success", None)
    assert simulator.truth(vehicle)["state"]["locked"] is True
    assert simulator.truth(vehicle)["wakeUps"] == 1


def test_wake_up_limit(start_simulator, webhook: Webhook):
    simulator = start_simulator("--speed", "2000", "--wake-ups-per-month", "1")
    vehicle, callback = vehicle_of("asleep"), simulator.subscribe(webhook.url)
    assert simulator.send(vehicle, callback, UNLOCK).end() == ("Success", None)
    until(lambda: not simulator.truth(vehicle)["awake"], "it sleeps again")
    assert simulator.send(vehicle, callback, LOCK).end() == ("Failed", "TooManyWakeUpsOverMonth")


def test_dates_rise_within_an_action(start_simulator, webhook: Webhook):
    simulator = start_simulator("--speed", "100000")
    callback = simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle_of("asleep"), callback, UNLOCK)
    webhook.wait_done(sent)
    dates = [event["eventDate"] for event in webhook.events(sent)]
    assert sorted(set(dates)) == dates
    assert all(len(date) == len("2026-11-21T08:00:00.000Z") for date in dates)


def test_status_document_follows_commands(simulator: Simulator, webhook: Webhook):
    vehicle, callback = vehicle_of("awake"), simulator.subscribe(webhook.url)
    program = {"slot": 2, "enabled": True, "start": "PT7H30M", "occurence": {"day": ["Mon"]}}
    for body in (
        UNLOCK,
        {"lights": {"on": True}},
        {"charging": {"immediate": True}},
        {"preconditioning": {"airConditioning": {"immediate": True, "programs": [program]}}},
        {"immobilization": {"activate": True}},
    ):
        assert simulator.send(vehicle, callback, body).end() == ("Success", None)
        assert simulator.send(vehicle, callback, body).end() == ("AlreadyDone", None)
    status = simulator.get(f"/fleets/{FLEET.id}/vehicles/{vehicle.id}/status")
    assert status["doorsState"]["lockedStates"] == ["Unlocked"]
    assert {lamp["status"] for lamp in status["lightingSystem"]["turn"]} == {"On"}
    electric = status["energies"][0]["extension"]["electric"]
    assert electric["charging"]["status"] == "InProgress"
    climate = status["preconditioning"]["airConditioning"]
    assert climate["status"] == "Enabled"
    assert climate["programs"] == [{"recurrence": "Daily", **program}]
    assert status["energies"][0]["level"] >= 62.0
    for _ in range(2):
        assert simulator.send(vehicle, callback, {"horn": {"state": "Activated"}}).end() == ("Success", None)
    assert simulator.truth(vehicle)["executed"]["Horn"] == 2


def status(simulator: Simulator, vehicle: WorldVehicle) -> dict[str, Any]:
    found: dict[str, Any] = simulator.get(f"/fleets/{FLEET.id}/vehicles/{vehicle.id}/status")
    return found


def place(status: dict[str, Any]) -> tuple[list[float], str]:
    position = status["lastPosition"]
    return position["geometry"]["coordinates"], position["properties"]["createdAt"]


def test_a_vehicle_that_is_marked_as_stolen_tells_where_it_is_every_minute_though_it_sleeps(
    start_simulator, webhook: Webhook
):
    simulator = start_simulator("--speed", "120")
    vehicle, callback = vehicle_of("asleep"), simulator.subscribe(webhook.url)
    before = place(status(simulator, vehicle))
    assert simulator.send(vehicle, callback, {"stolen": {"stolen": True}}).end() == ("Success", None)
    seen: list[tuple[list[float], str]] = []

    def has_moved() -> bool:
        found = place(status(simulator, vehicle))
        if found not in seen:
            seen.append(found)
        return len(seen) >= 4

    until(has_moved, "three new positions")
    assert before not in seen[1:]
    dates = [datetime.fromisoformat(at) for _, at in seen[1:]]
    # A minute apart, at this speed; the doors are told of as they were when it was heard last.
    minutes = [(later - earlier) / timedelta(seconds=0.5) for earlier, later in pairwise(dates)]
    assert all(number > 0.9 and abs(number - round(number)) < 0.01 for number in minutes)
    told = status(simulator, vehicle)
    assert told["doorsState"]["createdAt"] < told["lastPosition"]["properties"]["createdAt"] == told["updatedAt"]
    assert simulator.send(vehicle, callback, {"stolen": {"stolen": False}}).end() == ("Success", None)
    left, _ = place(status(simulator, vehicle))
    assert max(abs(now - then) for now, then in zip(left, before[0], strict=True)) > 0.001
    assert place(status(simulator, vehicle)) == place(status(simulator, vehicle))


def test_a_fleets_statuses_are_listed_as_each_vehicle_tells_them(simulator: Simulator):
    vehicle = vehicle_of("deep-sleep")
    listed = simulator.get(f"/fleets/{FLEET.id}/status?pageSize=5")
    assert (listed["total"], len(listed["_embedded"]["status"])) == (12, 5)
    places = simulator.get(f"/fleets/{FLEET.id}/status?indexRange=3-3")["_embedded"]["status"]
    assert places == [status(simulator, vehicle)]
