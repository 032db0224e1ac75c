"""The small cloud of Connected Car v1 speaks as published."""

import json
from typing import Any

import pytest

from tests.clouds import actions, v1
from tests.clouds.channels import AT_ONCE
from tests.clouds.conftest import V1, WEBHOOK
from tests.published import hold
from tests.waiting import wait_until

API, MESSAGES = "connected-car-v1.yaml", "connected-car-v1-webhook.yaml"
ATTRIBUTES = [
    {"type": "Header", "key": "X-Vin", "value": "$Vin"},
    {"type": "Query", "key": "of", "value": "$ChannelLabel"},
]


@pytest.fixture
def posts(of_v1: V1, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, Any]]:
    """What is posted to the channel's webhook: target, body, headers. What another test has begun may go on still."""
    came: list[tuple[str, Any, Any]] = []

    def take(target: str, body: Any, headers: Any) -> bool:
        messages = body if isinstance(body, list) else [body]
        if {message.get("channelId", of_v1.callback) for message in messages} == {of_v1.callback}:
            came.append((target, body, headers))
        return True

    monkeypatch.setattr(actions, "posted", take)
    return came


def test_it_answers_as_published(of_v1: V1) -> None:
    taken = of_v1.ask("POST", of_v1.remotes, of_v1.horn("ours"))
    hold(taken, "RemotePostResponse", API)
    hold(of_v1.ask("GET", of_v1.remotes), "RemoteActions", API)
    hold(of_v1.ask("GET", f"{of_v1.remotes}/{taken['remoteActionId']}"), "RemoteAction", API)
    hold(of_v1.ask("GET", f"{v1.BASE}/accounts/vehicles"), "Vehicles", API)
    hold(of_v1.ask("GET", of_v1.of_vehicle), "Vehicle", API)
    hold(of_v1.ask("GET", f"{of_v1.of_vehicle}/capability"), "VehicleCapability", API)
    hold(of_v1.ask("GET", f"{of_v1.of_vehicle}/telemetries/latest"), "AggregatedTelemetries", API)
    hold(of_v1.ask("GET", of_v1.channels), "Channels", API)
    hold(of_v1.ask("GET", f"{of_v1.channels}/{of_v1.callback}"), "Channel", API)
    hold(of_v1.ask("PUT", f"{of_v1.channels}/{of_v1.callback}/status", {"status": "Paused"}), "ChannelRef", API)


def test_it_posts_messages_as_published_until_it_is_done(of_v1: V1, posts: list[tuple[str, Any, Any]]) -> None:
    subscribe = {"label": "mine", "channel": {"webhook": {**WEBHOOK, "attributes": ATTRIBUTES}}}
    of_v1.ask("PUT", f"{of_v1.channels}/{of_v1.callback}", subscribe)
    attributes = [{"type": "Body", "key": "which", "value": "$RemoteLabel"}]
    of_v1.ask("POST", of_v1.remotes, {**of_v1.horn("ours"), "attributes": attributes})
    wait_until(lambda: len(posts) == 3, "three messages")
    for target, body, headers in posts:
        hold(body, "Message", MESSAGES)
        assert target == f"{WEBHOOK['target']}?of=mine"
        assert headers == {"X-Vin": of_v1.book.vehicles[of_v1.vehicle]}
        assert body["attributes"] == [{"key": "which", "value": "ours"}]
    words = [body["remoteEvent"]["eventStatus"]["status"] for _, body, _ in posts]
    assert words == ["Accepted", "SentToVehicle", "Success"]
    assert len(of_v1.book.records[of_v1.vehicle].executed) == 1


def test_a_hundred_that_wait_go_as_one_array_without_header_and_query(
    of_v1: V1, posts: list[tuple[str, Any, Any]]
) -> None:
    subscribe = {"channel": {"webhook": {**WEBHOOK, "attributes": ATTRIBUTES}}}
    of_v1.ask("PUT", f"{of_v1.channels}/{of_v1.callback}", subscribe)
    of_v1.ask("PUT", f"{of_v1.channels}/{of_v1.callback}/status", {"status": "Paused"})
    of_v1.ask("PUT", "/control/channels", {"again": 0.02})
    for number in range(AT_ONCE + 1):
        of_v1.cloud.channels.tell(of_v1.book, of_v1.callback, {"number": number}, "a VIN")
    assert posts == []
    of_v1.ask("PUT", f"{of_v1.channels}/{of_v1.callback}/status", {"status": "Running"})
    wait_until(lambda: len(posts) == 2, "an array and one more")
    (first, array, none), (second, one, headers) = posts
    assert (first, none) == (WEBHOOK["target"], {})
    assert array == [{"number": number} for number in range(AT_ONCE)]
    assert (second, one, headers) == (f"{WEBHOOK['target']}?of=", {"number": AT_ONCE}, {"X-Vin": "a VIN"})


def test_an_account_has_five_channels_at_most_and_sees_its_own(of_v1: V1) -> None:
    more = {"channel": {"webhook": WEBHOOK}}
    for _ in range(4):
        of_v1.ask("POST", of_v1.channels, more)
    assert of_v1.refusal("POST", of_v1.channels, more)[0] == 400
    of_v1.client_id = "partner-2"
    of_v1.take_token()
    assert of_v1.ask("GET", of_v1.channels)["total"] == 0
    assert of_v1.refusal("GET", f"{of_v1.channels}/{of_v1.callback}")[0] == 404
    assert of_v1.refusal("POST", of_v1.remotes, of_v1.horn("ours"))[0] == 404
    of_v1.ask("POST", of_v1.channels, more)


def test_a_channel_is_kept_while_a_remote_is_pending(of_v1: V1, posts: list[tuple[str, Any, Any]]) -> None:
    of_v1.ask("PUT", f"/control/vehicles/{of_v1.vehicle}", {"late": 0.1})
    of_v1.ask("POST", of_v1.remotes, of_v1.horn("ours"))
    path = f"{of_v1.channels}/{of_v1.callback}"
    assert of_v1.refusal("DELETE", path)[0] == 400
    wait_until(lambda: len(posts) == 3, "its end")
    assert of_v1.ask("DELETE", path) is None
    assert of_v1.refusal("GET", path)[0] == 404


def test_what_a_vehicle_lacks_is_501_and_never_taken(of_v1: V1) -> None:
    of_v1.ask("PUT", f"/control/vehicles/{of_v1.vehicle}", {"lacks": True})
    status, document = of_v1.refusal("POST", of_v1.remotes, of_v1.horn("ours"))
    assert status == 501
    hold(document, "501RemoteError", API)
    assert json.dumps(of_v1.ask("GET", "/control/record")).count("ours") == 0
