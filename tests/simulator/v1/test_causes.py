"""Every cause of both dialects can be had: a vehicle's next actions are made to end with it."""

import pytest

from protocol.statuses import FAILURE_CAUSES_V1, FAILURE_CAUSES_V3
from tests.simulator.driving import Simulator, Webhook, vehicle_of
from tests.simulator.v1.driving import AWAKE, HORN, V1, wait_done


@pytest.fixture(scope="module")
def channel(quick: Simulator) -> tuple[V1, str]:
    account = V1(quick)
    # Nobody listens: what a GET tells is enough here.
    return account, account.subscribe("http://127.0.0.1:9/nobody")


@pytest.fixture(scope="module")
def callback(quick: Simulator) -> str:
    return quick.subscribe("http://127.0.0.1:9/nobody")


@pytest.mark.parametrize("cause", [*FAILURE_CAUSES_V1, "SolarFlare"])
def test_an_action_ends_with_the_cause_that_is_wanted(
    quick: Simulator, channel: tuple[V1, str], callback: str, cause: str
) -> None:
    account, channel_id = channel
    before = quick.truth(AWAKE)["executed"]
    assert _fail_with(quick, AWAKE.vin, cause) == 200
    sent = account.send(AWAKE, channel_id, HORN)
    assert sent.end() == ("Failed", cause)
    assert quick.truth(AWAKE)["executed"] == before
    if cause in FAILURE_CAUSES_V3:
        of_v3 = vehicle_of("awake")
        assert _fail_with(quick, of_v3.vin, cause) == 200
        assert quick.send(of_v3, callback, {"horn": {"state": "Activated"}}).end() == ("Failed", cause)


def _fail_with(simulator: Simulator, vin: str, cause: str) -> int:
    return simulator.call("PUT", f"/simulator/vehicles/{vin}/faults", {"fails": 1, "cause": cause}).status_code


def test_it_is_told_where_it_happens_and_ends_with_the_fault(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel_id = account.subscribe(webhook.url)
    told = []
    for cause in ("AuthorizationError", "CanceledByDriver"):
        assert _fail_with(simulator, AWAKE.vin, cause) == 200
        sent = account.send(AWAKE, channel_id, HORN)
        sent.end()
        told.append(wait_done(webhook, sent))
    assert told == [["Failed"], ["Accepted", "CheckingVehicle", "SentToVehicle", "Failed"]]
    assert simulator.call("PUT", f"/simulator/vehicles/{AWAKE.vin}/faults", {}).status_code == 200
    assert account.send(AWAKE, channel_id, HORN).end() == ("Success", None)
    for wrong in ({"fails": 1, "cause": ""}, {"fails": 1, "cause": 7}, {"fails": 2}):
        assert simulator.call("PUT", f"/simulator/vehicles/{AWAKE.vin}/faults", wrong).status_code == 400
