"""Whatever is killed while an action is under way, it comes to its true end, with its events there once."""

import os
import signal
from functools import partial

import pytest

from tests.running import Running
from tests.waiting import wait_until

VICTIMS = {
    "simulator": "-m simulator",
    "worker": "-Q commands",
    "sweeper": "-Q sweeps",
    "web": "granian",
    "valkey": "valkey-server",
    "clock": "fleetremote beat",
}


def kill(running: Running, words: str) -> None:
    """Kill with SIGKILL, and wait until another has taken its place."""
    victims = running.processes(words)
    assert victims, f"no process with {words}"
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(running.processes(words)) - set(victims), f"{words} to be started again", 30)


@pytest.fixture(autouse=True)
def whole(running: Running) -> None:
    """Each harm finds a whole server, even when the test before failed with one half gone."""
    wait_until(running.answers, "the server to answer again", 30)


@pytest.mark.drawn("kills", 2, of="tests")
@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("moment", ["posted", "WakingUpVehicle"])
def test_a_kill_while_an_action_is_under_way(running: Running, victim: str, moment: str) -> None:
    vehicle = running.vehicles("asleep")[2]
    before = running.executed(vehicle).get("Doors", 0)
    path = running.send(vehicle, {"door": {"state": "Locked" if before % 2 else "Unlocked"}})
    if moment != "posted":
        running.wait(path, lambda action: action.get("status") in (moment, "SentToVehicle", "Success"))
    kill(running, VICTIMS[victim])
    status, _ = running.final(path, 90)
    # True: it says Success if, and only if, the vehicle did it.
    done = running.executed(vehicle).get("Doors", 0) - before
    assert (status, done) in [("Success", 1), ("Failed", 0)]
    if moment != "posted":
        assert status == "Success"
    events = running.events(path)
    assert len(events) == len(set(events))
    assert events[-1] == status


def has_come_to(wanted: str, action: dict) -> bool:
    return action.get("status") in (wanted, "Success")


def test_flushing_redis_at_any_moment_loses_nothing(running: Running) -> None:
    vehicles = running.vehicles("asleep")[3:6]
    paths = [running.send(vehicle, {"lights": {"on": True}}) for vehicle in vehicles]
    for wanted in (None, "WakingUpVehicle", "SentToVehicle"):
        if wanted:
            running.wait(paths[0], partial(has_come_to, wanted))
        running.redis().flushall()
    for path in paths:
        assert running.final(path) == ("Success", None)
