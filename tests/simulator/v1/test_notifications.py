"""What is posted to a channel: messages one by one, hundreds as an array, and retries until a 2xx."""

from itertools import pairwise

import pytest

from tests.published import hold
from tests.simulator.driving import Simulator, Webhook, until
from tests.simulator.v1.driving import ASLEEP, AWAKE, HORN, UNLOCK, V1, messages, statuses, wait_done

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("what the simulator answers", 25, of="tests")

FILE = "connected-car-v1-webhook.yaml"
ATTRIBUTES = [
    {"type": "Header", "key": "X-Vin", "value": "$Vin"},
    {"type": "Header", "key": "X-Old", "value": "$vin"},
    {"type": "Query", "key": "channel", "value": "$ChannelId"},
    {"type": "Query", "key": "label", "value": "$ChannelLabel"},
]


def test_a_message_and_what_goes_with_it(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url + "?mine=1", "our channel", ATTRIBUTES)
    body = {
        "label": "morning",
        "attributes": [
            {"type": "Body", "key": "what", "value": "$RemoteType"},
            {"type": "Body", "key": "vin", "value": "$Vin"},
            {"type": "Body", "key": "called", "value": "$RemoteLabel"},
        ],
        **UNLOCK,
    }
    sent = account.send(AWAKE, channel, body)
    assert wait_done(webhook, sent) == ["Accepted", "CheckingVehicle", "SentToVehicle", "Success"]
    for request in webhook.received:
        assert request.headers["x-vin"] == request.headers["x-old"] == AWAKE.vin
        assert request.query == f"mine=1&channel={channel}&label=our+channel"
        hold(request.body, "Message", FILE)
        assert (request.body["channelId"], request.body["type"]) == (channel, "Remote")
        given = {item["key"]: item["value"] for item in request.body["attributes"]}
        assert (given["vin"], given["called"]) == (AWAKE.vin, "morning")
        assert given["what"]
    dates = [item["date"] for item in messages(webhook)]
    assert dates == sorted(set(dates))


def test_a_vehicle_is_checked_after_it_was_woken(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url)
    sent = account.send(ASLEEP, channel, UNLOCK)
    woken = ["Accepted", "WakingUpVehicle", "CheckingVehicle", "SentToVehicle", "Success"]
    assert wait_done(webhook, sent) == woken
    assert wait_done(webhook, account.send(ASLEEP, channel, UNLOCK))[-1] == "AlreadyDone"


def test_a_flat_battery_is_warned_of(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url)
    simulator.call("PUT", f"/simulator/vehicles/{ASLEEP.vin}", {"profile": "low-battery"})
    sent = account.send(ASLEEP, channel, HORN)
    assert wait_done(webhook, sent) == ["VehicleBatteryLevelWarning", "Failed"]
    assert sent.end() == ("Failed", "NotPossibleDueToVehicleBatteryLevel")


def test_it_is_tried_again_every_ten_seconds_without_end(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url)
    # Six tries of each of the four messages, more than a bounded policy has; 10 seconds are 0.2 at this speed.
    webhook.answers = [500] * 20
    sent = account.send(AWAKE, channel, HORN)
    until(lambda: len(webhook.received) == 24, "every message is delivered")
    assert not webhook.answers
    of_one: dict[str, list[float]] = {}
    for request in webhook.received:
        of_one.setdefault(request.body["remoteEvent"]["eventStatus"]["status"], []).append(request.at)
    assert set(of_one) == set(statuses(webhook, sent)) == {"Accepted", "CheckingVehicle", "SentToVehicle", "Success"}
    assert max(map(len, of_one.values())) > 4
    assert min(later - earlier for times in of_one.values() for earlier, later in pairwise(times)) >= 0.19
    assert account.get(f"/accounts/channels/{channel}")["status"] == "Running"


def test_a_hundred_that_wait_go_as_one_array_without_header_and_query(simulator: Simulator, webhook: Webhook) -> None:
    account = V1(simulator)
    channel = account.subscribe(webhook.url, "ours", ATTRIBUTES)
    account.call("PUT", f"/accounts/channels/{channel}/status", {"status": "Paused"})
    sent = []
    for _ in range(26):
        # One after the other: the same action in progress would be refused.
        sent.append(account.send(AWAKE, channel, HORN))
        sent[-1].end()
    account.call("PUT", f"/accounts/channels/{channel}/status", {"status": "Running"})
    until(lambda: len(messages(webhook)) == 104, "all 4 messages of 26 actions")
    arrays = [request for request in webhook.received if isinstance(request.body, list)]
    assert [len(request.body) for request in arrays] == [100]
    assert (arrays[0].query, "x-vin" in arrays[0].headers) == ("", False)
    for message in arrays[0].body:
        hold(message, "Message", FILE)
    singles = [request for request in webhook.received if not isinstance(request.body, list)]
    assert len(singles) == 4
    assert {request.headers["x-vin"] for request in singles} == {AWAKE.vin}
    assert all(statuses(webhook, action)[-1] == "Success" for action in sent)
