"""What is posted to a webhook: attributes, batches, retries, pauses, and no callback in the way of another."""

import pytest

from tests.published import hold
from tests.simulator.driving import FLEET, Simulator, Webhook, until, vehicle_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("what the simulator answers", 25, of="tests")

UNLOCK = {"door": {"state": "Unlocked"}}
HORN = {"horn": {"state": "Activated"}}
AWAKE = vehicle_of("awake")


def attribute(kind: str, key: str, value: str) -> dict[str, str]:
    return {"type": kind, "key": key, "value": value}


def status(simulator: Simulator, callback: str) -> str:
    return str(simulator.get(f"/fleets/{FLEET.id}/remote/callbacks/{callback}")["status"])


def test_attributes_and_shape(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(
        webhook.url + "?mine=1",
        attributes=[
            attribute("Header", "Authorization", "Bearer secret"),
            attribute("Header", "X-Vin", "$vin"),
            attribute("Query", "type", "$remoteType"),
            attribute("Query", "plain", "a b&c"),
            attribute("Body", "fleet", "$fleetID"),
            attribute("Body", "callback", "$callbackID"),
        ],
        batchNotify={"size": 100, "timeWindow": 600},
    )
    sent = simulator.send(AWAKE, callback, UNLOCK)
    webhook.wait_done(sent)
    for request in webhook.received:
        assert request.headers["authorization"] == "Bearer secret"
        assert request.headers["x-vin"] == AWAKE.vin
        assert request.headers["content-type"].startswith("application/json")
        assert request.query == "mine=1&type=Doors&plain=a+b%26c"
        assert request.body["callbackId"] == callback
        assert request.body["attributes"] == [
            {"key": "fleet", "value": FLEET.id},
            {"key": "callback", "value": callback},
        ]
        # $vin in a header: never batched.
        assert len(request.body["events"]) == 1
        assert request.body["events"][0]["vin"] == AWAKE.vin
        hold(request.body, "RemoteEvents", "fleet-owner-v3-webhook.yaml")


def test_batch_is_full_or_its_window_closes(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url, batchNotify={"size": 4, "timeWindow": 50})
    first = simulator.send(AWAKE, callback, HORN)
    second = simulator.send(AWAKE, callback, UNLOCK)
    webhook.wait_done(first)
    webhook.wait_done(second)
    assert [len(request.body["events"]) for request in webhook.received] == [4, 2]
    assert webhook.received[1].at - webhook.received[0].at > 0.5


def test_bounded_retries_then_stored_until_the_next_2xx(simulator: Simulator, webhook: Webhook):
    webhook.otherwise = 500
    retry = {"policy": "Bounded", "retryNumber": 2, "retryDelay": 5}
    callback = simulator.subscribe(webhook.url, retryPolicy=retry)
    first = simulator.send(AWAKE, callback, UNLOCK)
    until(lambda: len(webhook.received) == 9 and status(simulator, callback) == "Failed", "three tries of three events")
    tries = [
        request.at for request in webhook.received if request.body["events"][0]["eventStatus"]["status"] == "Success"
    ]
    assert len(tries) == 3
    assert tries[1] - tries[0] >= 0.1
    webhook.otherwise = 200
    del webhook.received[:]
    second = simulator.send(AWAKE, callback, HORN)
    webhook.wait_done(second)
    assert webhook.wait_done(first) == ["Accepted", "SentToVehicle", "Success"]
    until(lambda: status(simulator, callback) == "Running", "nothing is stored any more")


def test_policy_none_tries_once(simulator: Simulator, webhook: Webhook):
    webhook.answers = [302]
    callback = simulator.subscribe(webhook.url, retryPolicy={"policy": "None"})
    sent = simulator.send(AWAKE, callback, UNLOCK)
    webhook.wait_done(sent)
    until(lambda: status(simulator, callback) == "Running", "the first one was released by the second's 2xx")
    assert sorted(webhook.statuses(sent)) == ["Accepted", "Accepted", "SentToVehicle", "Success"]


def test_policy_always_goes_on(simulator: Simulator, webhook: Webhook):
    webhook.answers = [500] * 20
    callback = simulator.subscribe(webhook.url, retryPolicy={"policy": "Always", "retryDelay": 1})
    sent = simulator.send(AWAKE, callback, UNLOCK)
    until(lambda: len(webhook.received) == 23, "20 failures and three events")
    assert set(webhook.statuses(sent)[-3:]) == {"Accepted", "SentToVehicle", "Success"}


def test_paused_keeps_everything_in_order(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    address = f"/fleets/{FLEET.id}/remote/callbacks/{callback}/status"
    simulator.call("PUT", address, {"status": "Paused"})
    first = simulator.send(AWAKE, callback, UNLOCK)
    first.end()
    second = simulator.send(AWAKE, callback, HORN)
    second.end()
    assert webhook.received == []
    simulator.call("PUT", address, {"status": "Running"})
    webhook.wait_done(second)
    assert [event["remoteActionId"] for event in webhook.events()] == [first.id] * 3 + [second.id] * 3
    assert webhook.statuses(first) == ["Accepted", "SentToVehicle", "Success"]


def test_slow_and_dead_targets_delay_nobody(simulator: Simulator, webhook: Webhook):
    slow = Webhook()
    # Longer than the others are waited for.
    slow.hang = 300.0
    slow_callback = simulator.subscribe(slow.url)
    dead_callback = simulator.subscribe("http://127.0.0.1:9/none")
    for vehicle in FLEET.vehicles:
        for callback in (slow_callback, dead_callback):
            simulator.send(vehicle, callback, HORN)
    good = simulator.subscribe(webhook.url)
    webhook.wait_done(simulator.send(AWAKE, good, UNLOCK))
    assert slow.received
    slow.close()
