"""One channel of the account is ours: found again, taken over, and never a second one."""

from typing import Any

import pytest

from gateways.interface import OutcomeUnknown, Refused, Source
from gateways.v1 import V1Client
from tests.clouds import tokens, v1
from tests.gateways.v1.conftest import TARGET, channel_of


def targeted(target: str, label: str = "FleetRemote") -> dict[str, Any]:
    return {"label": label, "callback": {"webhook": {"target": target, "name": "FleetRemote"}}, "remoteTypes": []}


def occupy(cloud: v1.Cloud, *subscribes: dict[str, Any]) -> list[str]:
    """Channels of the account that are there already; their ids."""
    return [cloud.book.subscribe(document, owner=tokens.CLIENT) for document in subscribes]


def channel(target: str, label: str) -> dict[str, Any]:
    return {"label": label, "channel": {"webhook": {"target": target, "name": "x"}}}


def test_a_channel_is_registered_read_paused_and_set_running(cloud: v1.Cloud, client: V1Client) -> None:
    channel_id = channel_of(client)
    kept = cloud.book.callbacks[channel_id]
    webhook = {"target": TARGET, "name": "FleetRemote"}
    assert kept == {"type": ["Remote"], "label": "FleetRemote", "channel": {"webhook": webhook}}
    cloud.book.statuses[channel_id] = "Paused"
    found = client.read_callback("account", channel_id)
    assert found is not None
    assert (found.callback_id, found.target, found.status) == (channel_id, TARGET, "Paused")
    client.resume_callback("account", channel_id)
    assert cloud.book.statuses[channel_id] == "Running"
    client.replace_callback("account", channel_id, targeted("http://127.0.0.1:9/webhook/bb/x"))
    assert client.read_callback("account", channel_id).target == "http://127.0.0.1:9/webhook/bb/x"  # type: ignore[union-attr]
    assert client.read_callback("account", "beef") is None


OURS = channel("http://127.0.0.1:9/webhook/aa/secret-of-before", "whatever")


@pytest.mark.parametrize("is_full", [False, True])
def test_a_channel_of_ours_that_is_there_is_taken_over(cloud: v1.Cloud, client: V1Client, is_full: bool) -> None:
    """It has another secret."""
    others = [channel(f"https://other.example/{number}/x", f"Other {number}") for number in range(4 if is_full else 1)]
    *_, ours = occupy(cloud, *others, OURS)
    cloud.book.statuses[ours] = "Failed"
    assert channel_of(client) == ours
    assert cloud.book.statuses[ours] == "Running"
    assert len(cloud.book.callbacks) == len(others) + 1
    assert cloud.book.callbacks[ours]["channel"]["webhook"]["target"] == TARGET


def test_one_of_ours_that_was_paused_is_set_running(
    cloud: v1.Cloud, client: V1Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a channel that is replaced keeps its status."""
    (ours,) = occupy(cloud, OURS)
    cloud.book.statuses[ours] = "Paused"
    asked: list[tuple[str, str]] = []
    request = client._request

    def noting(method: str, path: str, body: Any = None) -> Any:
        asked.append((method, path))
        return request(method, path, body)

    monkeypatch.setattr(client, "_request", noting)
    channel_of(client)
    channel_of(client)
    path = f"/accounts/channels/{ours}"
    assert [item for item in asked if item[0] == "PUT"] == [("PUT", path), ("PUT", f"{path}/status"), ("PUT", path)]


def test_those_of_others_are_left_alone(cloud: v1.Cloud, client: V1Client) -> None:
    """Also those with our label: of another installation, and of another gateway of ours with the same account."""
    others = occupy(
        cloud,
        channel("http://127.0.0.1:9/webhook/zz/secret", "FleetRemote"),
        channel("https://other.example/webhook/aa/secret", "FleetRemote"),
        {"label": "FleetRemote", "channel": {"pushnotif": {"devices": ["d"]}}},
        {"channel": {"webhook": {"target": "http://127.0.0.1:9/webhook/ab/secret", "name": "x"}}},
    )
    before = {id: cloud.book.callbacks[id] for id in others}
    assert channel_of(client) not in others
    assert {id: cloud.book.callbacks[id] for id in others} == before


def test_an_account_that_has_its_five_says_which(cloud: v1.Cloud, client: V1Client) -> None:
    ids = occupy(cloud, *(channel(f"https://other.example/{n}/x", f"Other  {n}" if n else "") for n in range(5)))
    with pytest.raises(Refused) as caught:
        channel_of(client)
    assert (caught.value.status, caught.value.source) == (409, Source.API)
    assert str(caught.value.why) == (
        f"The account has its five channels already, and none of them is ours: “{ids[0]}”, “Other 1”, “Other 2”, "
        "“Other 3”, “Other 4”. One of them must be deleted there first."
    )
    assert list(cloud.book.callbacks) == ids


def test_those_with_the_same_label_are_told_apart(cloud: v1.Cloud, client: V1Client) -> None:
    ids = occupy(cloud, *(channel(f"http://127.0.0.1:9/webhook/z{n}/x", "FleetRemote") for n in range(5)))
    with pytest.raises(Refused) as caught:
        channel_of(client)
    assert all(f"“FleetRemote” ({id})" in str(caught.value.why) for id in ids)


def test_nothing_is_registered_where_the_list_may_lack_ours(
    cloud: v1.Cloud, client: V1Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"total": 2, "_embedded": {"channels": [{"id": "c1", "subscribe": {}}]}}
    monkeypatch.setattr(client, "_pages", lambda path, most: iter([lacking]))
    with pytest.raises(OutcomeUnknown, match="listed 1 channels, and says that there are 2"):
        channel_of(client)
    assert cloud.book.callbacks == {}
