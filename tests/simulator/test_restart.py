"""Killed and started again: what was accepted goes on, what was executed is not executed again."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from tests.simulator.driving import FLEET, REPOSITORY, Sent, Simulator, Webhook, until, vehicle_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("vehicles and restarts of the simulator", 13, of="tests")

UNLOCK = {"door": {"state": "Unlocked"}}
HORN = {"horn": {"state": "Activated"}}


def statuses(sent: list[Sent]) -> list[str | None]:
    return [action.read().get("status") for action in sent]


def changed(sent: list[Sent], before: list[str | None]) -> bool:
    return statuses(sent) != before


def test_killed_at_any_step_and_resumed(start_simulator: Callable[..., Simulator], webhook: Webhook):
    simulator = start_simulator("--speed", "20")
    callback = simulator.subscribe(webhook.url)
    sent = [
        simulator.send(vehicle_of(profile), callback, body)
        for profile in ("awake", "asleep", "quota-spent")
        for body in (UNLOCK, HORN)
    ]
    for _ in range(6):
        before = statuses(sent)
        simulator.kill()
        simulator.start()
        if not set(before) <= {"Success", "Failed"}:
            until(partial(changed, sent, before), "goes on")
    ends = [action.end()[0] for action in sent]
    assert ends == ["Success"] * 4 + ["Failed"] * 2
    for action in sent:
        webhook.wait_done(action)
    for profile in ("awake", "asleep"):
        assert simulator.truth(vehicle_of(profile))["executed"] == {"Doors": 1, "Horn": 1}
    # At least once, never another event: the dates tell them apart.
    for action in sent:
        assert len({event["eventDate"] for event in webhook.events(action)}) == len(set(webhook.statuses(action)))


def test_killed_right_after_the_202(start_simulator: Callable[..., Simulator], webhook: Webhook):
    simulator = start_simulator("--speed", "5")
    callback = simulator.subscribe(webhook.url)
    sent = simulator.send(vehicle_of("asleep"), callback, UNLOCK)
    simulator.kill()
    simulator.start()
    assert webhook.wait_done(sent)[-1] == "Success"


def test_undelivered_notifications_are_posted_after_a_restart(start_simulator, webhook: Webhook):
    webhook.otherwise = 503
    simulator = start_simulator("--speed", "50")
    callback = simulator.subscribe(webhook.url, retryPolicy={"policy": "Always", "retryDelay": 20})
    sent = simulator.send(vehicle_of("awake"), callback, UNLOCK)
    until(lambda: len(webhook.received) >= 3, "all were tried")
    simulator.kill()
    webhook.otherwise = 200
    del webhook.received[:]
    simulator.start()
    webhook.wait_done(sent)
    until(lambda: sorted(set(webhook.statuses(sent))) == ["Accepted", "SentToVehicle", "Success"], "all are posted")


def test_ends_quickly_when_told(start_simulator, webhook: Webhook):
    # Longer than the simulator is given to end.
    webhook.hang = 120
    simulator = start_simulator("--speed", "50")
    callback = simulator.subscribe(webhook.url)
    simulator.send(vehicle_of("awake"), callback, UNLOCK)
    until(lambda: webhook.received, "a notification is under way")
    assert simulator.stop() == 0


def test_one_simulator_a_database(start_simulator):
    simulator = start_simulator()
    command = [sys.executable, "-m", "simulator", "--port", "0", "--database", str(simulator.database)]
    second = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=10, check=False)
    assert second.returncode == 1
    assert "in use by another simulator" in second.stderr


def test_generated_fleet(start_simulator):
    simulator = start_simulator("--vehicles", "100")
    fleets = simulator.get("/fleets")["_embedded"]["fleets"]
    assert simulator.get(f"/fleets/{fleets[1]['id']}/vehicles")["total"] == 100
    assert simulator.get(f"/fleets/{FLEET.id}/vehicles")["total"] == 12
