"""Faults that can be switched on, and drawn again with the same seed."""

import json
from functools import partial

import pytest
import requests

from simulator.faults import Faults
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.simulator.driving import FLEET, Sent, Simulator, Webhook, until, vehicle_of

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("faults of the simulator", 9, of="tests")

HORN = {"horn": {"state": "Activated"}}
AWAKE = vehicle_of("awake")


def switch(simulator: Simulator, **faults: float) -> None:
    assert simulator.call("PUT", "/simulator/faults", faults).status_code == 200


def test_off_at_first_and_kept_over_a_restart(simulator: Simulator):
    shown = simulator.get("/simulator/faults")
    assert {value for name, value in shown.items() if name not in ("seed", "cause")} == {0.0}
    assert {"429", "500", "html_502"} <= set(shown)
    switch(simulator, duplicates=0.5, seed=7)
    simulator.kill()
    simulator.start()
    shown = simulator.get("/simulator/faults")
    assert (shown["duplicates"], shown["seed"]) == (0.5, 7)


@pytest.mark.parametrize("body", [{"duplicats": 1}, {"late": 2}, {"late": "x"}, []])
def test_refused(simulator: Simulator, body):
    assert simulator.call("PUT", "/simulator/faults", body).status_code == 400


def test_duplicates_orphans_and_lost_done(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, duplicates=1, orphan=1, lost_done=1)
    sent = simulator.send(AWAKE, callback, HORN)
    assert sent.end() == ("Success", None)
    until(lambda: len(webhook.events()) == 6, "two events, each twice and once as an orphan")
    assert sorted(webhook.statuses(sent)) == ["Accepted"] * 2 + ["SentToVehicle"] * 2
    assert [event["vin"] for event in webhook.events() if event["remoteActionId"] == ""] == ["", ""]


def complete(webhook: Webhook, action: Sent) -> bool:
    return len(webhook.statuses(action)) == 3


def test_late_and_reordered_arrive(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, late=0.5, reorder=0.5)
    sent = [simulator.send(AWAKE, callback, {"horn": {"state": "Activated", "number": n}}) for n in range(1, 9)]
    for action in sent:
        until(partial(complete, webhook, action), "all three arrive")
    dates = [event["eventDate"] for event in webhook.events()]
    assert dates != sorted(dates)


def test_notification_before_the_202(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, before_202=1)
    sent = simulator.send(AWAKE, callback, HORN)
    assert webhook.statuses(sent)[0] == "Accepted"


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("html_502", 502)])
def test_answers(simulator: Simulator, webhook: Webhook, fault: str, status: int):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, **{fault: 1})
    path = f"/fleets/{FLEET.id}/vehicles/{AWAKE.id}/callbacks/{callback}/remotes"
    assert simulator.call("POST", path, HORN).status_code == status
    switch(simulator)
    assert simulator.get(path)["total"] == 0


@pytest.mark.parametrize(("fault", "accepted"), [("cut_before", 0), ("cut_after", 1)])
def test_cuts(simulator: Simulator, webhook: Webhook, fault: str, accepted: int):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, **{fault: 1})
    path = f"/fleets/{FLEET.id}/vehicles/{AWAKE.id}/callbacks/{callback}/remotes"
    with pytest.raises(requests.ConnectionError):
        simulator.call("POST", path, HORN)
    switch(simulator)
    assert simulator.get(path)["total"] == accepted


@pytest.mark.parametrize(("fault", "accepted"), [("timeout_before", 0), ("timeout_after", 1)])
def test_no_answer(simulator: Simulator, webhook: Webhook, fault: str, accepted: int):
    callback = simulator.subscribe(webhook.url)
    assert simulator.call("PUT", f"/simulator/vehicles/{AWAKE.vin}/faults", {fault: 1}).status_code == 200
    path = f"{simulator.url}/connectedcar/v3/fleets/{FLEET.id}/vehicles/{AWAKE.id}/callbacks/{callback}/remotes"
    with pytest.raises(requests.ReadTimeout):
        requests.post(path, json=HORN, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=0.5)
    assert simulator.get(path)["total"] == accepted
    until(lambda: simulator.truth(AWAKE)["underWay"] == 0, "the action's end")
    assert simulator.truth(AWAKE)["executed"] == ({"Horn": 1} if accepted else {})


def test_a_vehicles_own_faults_strike_its_next_send_alone(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    switch(simulator, duplicates=1)
    assert simulator.call("PUT", f"/simulator/vehicles/{AWAKE.vin}/faults", {"429": 1}).status_code == 200
    assert simulator.call("GET", f"/fleets/{FLEET.id}/vehicles/{AWAKE.id}/status").status_code == 200
    path = f"/fleets/{FLEET.id}/vehicles/{AWAKE.id}/callbacks/{callback}/remotes"
    assert simulator.call("POST", path, HORN).status_code == 429
    sent = simulator.send(AWAKE, callback, HORN)
    assert webhook.wait_done(sent) == ["Accepted", "SentToVehicle", "Success"]
    sends = simulator.get("/simulator/sends")["sends"]
    assert [(send["vin"], json.loads(send["body"]), send["status"]) for send in sends] == [
        (AWAKE.vin, HORN, 429),
        (AWAKE.vin, HORN, 202),
    ]


def test_a_vehicle_of_another_profile(simulator: Simulator, webhook: Webhook):
    callback = simulator.subscribe(webhook.url)
    address = f"/simulator/vehicles/{AWAKE.vin}"
    assert simulator.call("PUT", address, {"profile": "lost"}).status_code == 400
    assert simulator.call("PUT", address, {"profile": "in-use"}).json()["state"]["ignition"] == "Start"
    assert simulator.send(AWAKE, callback, HORN).end() == ("Failed", "VehicleInUse")
    assert simulator.call("PUT", address, {"profile": "awake"}).json()["state"]["ignition"] == "Stop"


def test_same_seed_same_faults():
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed=seed, late=0.3)
        return [faults.strikes("late", number) for number in range(1000)]

    assert struck(1) == struck(1) != struck(2)
    assert 230 < sum(struck(1)) < 370
