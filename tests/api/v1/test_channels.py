"""The life of a channel over v1: registered, listed, replaced, paused, deleted."""

from typing import Any

import pytest

from callbacks.models import Callback, Channel
from tests.api.conftest import World

from .conftest import CHANNEL, LOCK, V1Caller


def labels(us: V1Caller, query: str = "") -> list[str]:
    return [item["subscribe"]["label"] for item in us.get("/accounts/channels", query).json()["_embedded"]["channels"]]


def test_a_channel_reads_back_as_it_was_written(us: V1Caller) -> None:
    body = {**CHANNEL, "type": ["Remote", "Monitor"], "novelty": {"kept": [1]}}
    body["channel"] = {
        "webhook": {
            "target": "https://example.com/hook?a=b",
            "name": "hook",
            "attributes": [
                {"type": "Header", "key": "X-Vin", "value": "$Vin"},
                {"type": "Query", "key": "channel", "value": "$ChannelId"},
            ],
        }
    }
    made = us.post("/accounts/channels", body).json()
    assert made["status"] == "Running"
    assert made["secret"].startswith("whsec_")
    assert made["_links"]["channel"]["href"].endswith(f"/api/connectedcar/v1/accounts/channels/{made['channelId']}")
    read = us.get(f"/accounts/channels/{made['channelId']}").json()
    assert (read["id"], read["subscribe"], read["status"]) == (made["channelId"], body, "Running")
    assert "secret" not in read
    listed = us.get("/accounts/channels").json()
    assert listed["_embedded"]["channels"] == [read]
    assert (listed["total"], listed["totalPage"], listed["currentPage"]) == (1, 1, 1)


def test_an_account_has_five_channels_and_the_sixth_is_refused_with_their_labels(us: V1Caller) -> None:
    made = [us.channel(label=f"shift {number}") for number in range(5)]
    answer = us.post("/accounts/channels", CHANNEL)
    assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
    assert all(f"shift {number}" in answer.json()["message"] for number in range(5))
    us.request("DELETE", f"/accounts/channels/{made[2]}")
    us.channel(label="sixth")
    assert labels(us) == ["shift 0", "shift 1", "shift 3", "shift 4", "sixth"]


def test_channels_are_listed_by_type(us: V1Caller) -> None:
    us.channel(label="remotes", type=["Remote"])
    us.channel(label="both", type=["Monitor", "Remote"])
    us.channel(label="all")
    assert labels(us, "?types=Remote") == ["remotes", "both", "all"]
    assert labels(us, "?types=Monitor") == ["both", "all"]
    assert labels(us, "?types=Monitor,Remote") == labels(us, "?types=Monitor&types=Remote") == labels(us)
    assert us.get("/accounts/channels", "?types=Doors").status_code == 400


@pytest.mark.parametrize(
    "kind",
    [{"websocket": {"target": "wss://example.com"}}, {"pushnotif": {"devices": ["phone"]}}],
    ids=lambda kind: next(iter(kind)),
)
def test_only_webhooks_are_offered(us: V1Caller, channel_id: str, kind: dict[str, Any]) -> None:
    answer = us.post("/accounts/channels", {"channel": kind})
    assert (answer.status_code, answer.json()["name"]) == (501, "CHANNEL_NOT_SUPPORTED")
    assert next(iter(kind)) in answer.json()["message"]
    monitors = us.post("/accounts/channels", {**CHANNEL, "type": ["Monitor"]})
    assert (monitors.status_code, monitors.json()["name"]) == (501, "CHANNEL_NOT_SUPPORTED")
    # As published, a kind can't be changed.
    assert us.put(f"/accounts/channels/{channel_id}", {"channel": kind}).status_code == 400


HOOK = CHANNEL["channel"]["webhook"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "channel"),
        ({"channel": {}}, "channel"),
        ({"channel": {"webhook": {**HOOK, "target": "ftp://example.com"}}}, "channel.webhook.target"),
        ({"channel": {"webhook": {"target": HOOK["target"]}}}, "channel.webhook.name"),
        ({**CHANNEL, "type": ["Doors"]}, "type[0]"),
        ({**CHANNEL, "label": "x" * 501}, "label"),
        ([], ""),
        (
            {"channel": {"webhook": {**HOOK, "attributes": [{"type": "Header", "key": "X", "value": "$Weather"}]}}},
            "channel.webhook.attributes[0].value",
        ),
    ],
    ids=str,
)
def test_a_bad_channel_is_refused_with_its_path(us: V1Caller, channel_id: str, body: Any, path: str) -> None:
    for answer in (us.post("/accounts/channels", body), us.put(f"/accounts/channels/{channel_id}", body)):
        assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
        assert answer.json()["message"].startswith(path), answer.json()
    assert us.get(f"/accounts/channels/{channel_id}").json()["subscribe"] == CHANNEL


def test_a_channel_is_replaced_paused_resumed_and_deleted(us: V1Caller, channel_id: str) -> None:
    path = f"/accounts/channels/{channel_id}"
    other = {**CHANNEL, "label": "day shift"}
    replaced = us.put(path, other)
    assert (replaced.status_code, replaced.json()["channelId"]) == (202, channel_id)
    assert us.get(path).json()["subscribe"] == other
    assert Callback.objects.get(channel__public_id=channel_id).label == "day shift"

    for status in ("Paused", "Running", "Paused"):
        answer = us.put(f"{path}/status", {"status": status})
        assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert us.get(path).json()["statusReason"] == f"Paused over the API by {us.row.name}."
    assert us.put(f"{path}/status", {"status": "Failed"}).status_code == 400

    assert us.request("DELETE", path).status_code == 204
    assert us.get(path).status_code == us.request("DELETE", path).status_code == 404
    assert Channel.objects.get(public_id=channel_id).deleted_at is not None


def test_a_channel_with_a_pending_remote_is_not_deleted(ours: World, us: V1Caller, remotes: str) -> None:
    rid = us.post(remotes, LOCK).json()["remoteActionId"]
    path = f"/accounts/channels/{remotes.split('/')[5]}"
    answer = us.request("DELETE", path)
    assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
    assert "pending" in answer.json()["message"]
    assert us.request("DELETE", f"{remotes}/{rid}").status_code == 204
    assert us.request("DELETE", path).status_code == 204
