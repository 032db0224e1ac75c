"""Each profile, over HTTP, ends as the protocol says; state stays and meets the next command."""

import pytest

from simulator.vehicles.profiles import PROFILES
from tests.simulator.driving import FLEET, Simulator, Webhook, until, vehicle_of

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
def test_profile_ends_with_its_cause(start_simulator, webhook: Webhook, profile: str):
    simulator = start_simulator("--speed", "500")
    vehicle, callback = vehicle_of(profile), simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle, callback, UNLOCK)
    statuses = webhook.wait_done(sent)
    assert sent.end() == ("Failed", REFUSING[profile])
    assert webhook.events(sent)[-1]["eventStatus"]["failureCause"] == REFUSING[profile]
    assert simulator.truth(vehicle)["executed"] == {}
    before = {
        "unreachable": ["Accepted", "WakingUpVehicle"],
        "deep-sleep": ["Accepted", "WakingUpVehicle"],
        "low-battery": ["VehicleBatteryChargeTooLow"],
        "unsubscribed": [],
        "quota-spent": [],
    }
    assert statuses[:-1] == before.get(profile, ["Accepted", "SentToVehicle"])


def test_off_line_then_back_tells_the_truth_later(start_simulator, webhook: Webhook):
    simulator = start_simulator("--speed", "500")
    vehicle, callback = vehicle_of("off-line-then-back"), simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle, callback, UNLOCK)
    assert webhook.wait_done(sent) == ["Accepted", "WakingUpVehicle", "Failed"]
    until(lambda: webhook.statuses(sent)[-1] == "Success", "the vehicle is back")
    assert sent.end() == ("Success", None)
    assert simulator.truth(vehicle)["executed"] == {"Doors": 1}


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
