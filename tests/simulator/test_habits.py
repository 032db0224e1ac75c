"""Habits of real clouds that the simulator takes on when asked: strict about types, and arrays after an outage."""

from collections.abc import Callable

import pytest

from protocol.catalogue import REMOTE_TYPES
from tests.simulator.driving import FLEET, Simulator, Webhook, until, vehicle_of

HOOK = {"callback": {"webhook": {"target": "http://127.0.0.1:9/nobody", "name": "hook"}}}
PUBLISHED = [entry.v3.type_name for entry in REMOTE_TYPES.values() if not entry.v3.extension]


@pytest.mark.parametrize("status", [400, 422])
def test_a_strict_cloud_knows_the_published_types_only(start_simulator: Callable[..., Simulator], status: int) -> None:
    simulator = start_simulator("--speed", "50", "--strict", str(status))
    callbacks = f"/fleets/{FLEET.id}/remote/callbacks"
    refused = simulator.call("POST", callbacks, {**HOOK, "remoteTypes": ["Doors", "VehicleState"]})
    assert (refused.status_code, refused.json()["code"]) == (status, status * 100 + 99)
    assert "VehicleState" in refused.json()["message"]
    taken = simulator.call("POST", callbacks, {**HOOK, "remoteTypes": PUBLISHED})
    assert taken.status_code == 200
    one = taken.json()["callbackId"]
    assert simulator.call("PUT", f"{callbacks}/{one}", {**HOOK, "remoteTypes": ["Tan"]}).status_code == status
    remotes = f"/fleets/{FLEET.id}/vehicles/{vehicle_of('awake').id}/callbacks/{one}/remotes"
    alarm = {"tan": {"suppress": {"state": True, "duration": 0}}}
    assert simulator.call("POST", remotes, alarm).status_code == status
    # Its type is published nowhere, its key is.
    assert simulator.call("POST", remotes, {"state": {"action": "state"}}).status_code == 202


def test_what_waits_after_an_outage_goes_as_arrays_without_headers(
    start_simulator: Callable[..., Simulator], webhook: Webhook
) -> None:
    simulator = start_simulator("--speed", "50", "--arrays", "4")
    webhook.otherwise = 503
    attributes = [{"type": "Header", "key": "X-Secret", "value": "s"}, {"type": "Query", "key": "q", "value": "1"}]
    retry = {"policy": "Bounded", "retryNumber": 10_000, "retryDelay": 10}
    callback_id = simulator.subscribe(webhook.url, attributes=attributes, retryPolicy=retry)
    vehicle = vehicle_of("awake")
    for on in (True, False, True, False):
        simulator.send(vehicle, callback_id, {"lights": {"on": on}}).end()
    until(lambda: any(isinstance(got.body, list) for got in list(webhook.received)), "an array to be tried")
    before = len(webhook.received)
    webhook.otherwise = 200
    until(lambda: [got for got in webhook.received[before:] if isinstance(got.body, list)], "an array to arrive")
    array = next(got for got in webhook.received[before:] if isinstance(got.body, list))
    assert (len(array.body), array.query, "x-secret" in array.headers) == (4, "", False)
    assert {member["callbackId"] for member in array.body} == {callback_id}
    # What comes once it is over goes as ever.
    simulator.send(vehicle, callback_id, {"horn": {"state": "Activated"}}).end()

    def horn() -> bool:
        last = [got for got in list(webhook.received) if isinstance(got.body, dict)]
        return any("x-secret" in got.headers and got.body["events"][0]["remoteType"] == "Horn" for got in last)

    until(horn, "the horn to be told with its header")
