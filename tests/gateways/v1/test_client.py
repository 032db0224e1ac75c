"""Vehicles, remote actions and look-ups over v1, in canonical form."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateways.interface import Account, Exchange, GatewayError, OutcomeUnknown, Refused, Source
from gateways.tokens import MemoryStore, Token
from gateways.v1 import V1Client
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from tests.clouds import v1
from tests.gateways.conftest import Cloud, running_cloud
from tests.gateways.v1.conftest import channel_of, horn, post, vehicle_of


def test_an_action_is_sent_and_found_by_its_id_and_by_its_label(cloud: v1.Cloud, client: V1Client) -> None:
    channel, vehicle = channel_of(client), vehicle_of(cloud)
    action_id = post(client, cloud, channel)
    assert client.read_action("account", vehicle, channel, "beef") is None
    report = client.read_action("account", vehicle, channel, action_id)
    assert report is not None
    assert (report.remote_action_id, report.label) == (action_id, "Lyon 2")
    found = client.find_action("account", vehicle, channel, "Lyon 2").found
    assert found is not None
    assert found.remote_action_id == action_id
    other = client.find_action("account", vehicle, channel, "Lyon 3")
    assert (other.found, other.ids, other.is_whole) == (None, frozenset({action_id}), True)


@pytest.mark.parametrize("lie", ["has no list", "says more than it shows", "has no labels", "is nothing"])
def test_a_list_that_is_not_whole_proves_nothing(cloud: v1.Cloud, client: V1Client, lie: str) -> None:
    channel, vehicle = channel_of(client), vehicle_of(cloud)
    post(client, cloud, channel)
    cloud.book.treat(vehicle, {"lie": lie})
    found = client.find_action("account", vehicle, channel, "Lyon 3")
    assert (found.found, found.is_whole) == (None, False)


@pytest.mark.parametrize("lie", ["is a web page", "is gone", "breaks off"])
def test_a_list_that_is_none_is_not_read(cloud: v1.Cloud, client: V1Client, lie: str) -> None:
    channel, vehicle = channel_of(client), vehicle_of(cloud)
    post(client, cloud, channel)
    cloud.book.treat(vehicle, {"lie": lie})
    with pytest.raises(GatewayError):
        client.find_action("account", vehicle, channel, "Lyon 3")


def test_vehicles_come_with_the_id_that_stands_in_their_link(cloud: v1.Cloud, client: V1Client) -> None:
    found = {vehicle["id"]: vehicle["vin"] for vehicle in client.vehicles("account")}
    assert found == cloud.book.vehicles
    vehicle = client.vehicle("account", vehicle_of(cloud))
    assert vehicle["_embedded"]["extension"]["branding"] == {"brand": "Peugeot"}
    assert isinstance(client.vehicle_status("account", vehicle_of(cloud)), dict)


def test_there_is_no_list_of_states_so_vehicles_are_read_one_by_one(cloud: v1.Cloud, client: V1Client) -> None:
    with pytest.raises(Refused, match="has no list of the vehicles' states") as caught:
        client.statuses("account")
    assert (caught.value.source, cloud.tokens.count.in_all) == (Source.API, 0)


def test_what_has_no_place_in_v1_is_refused_before_anything_is_sent(cloud: v1.Cloud, client: V1Client) -> None:
    lights = Remote(REMOTE_TYPES["Lights"], {"on": True, "duration": "PT20S"})
    with pytest.raises(Refused, match=r"lights\.duration") as caught:
        client.prepare("account", "v1", "c1", lights)
    assert (caught.value.status, caught.value.source) == (400, Source.API)
    assert cloud.tokens.count.in_all == 0


def test_the_body_attributes_of_a_remote_stay_with_us(client: V1Client) -> None:
    remote = horn(attributes=[{"type": "Body", "key": "k", "value": "v"}], extendedEventParam=["x"])
    body = json.loads(client.prepare("account", "v1", "c1", remote).exchange.request_body)
    assert body == {"label": "Lyon 2", "action": {"horn": {"state": "Activated"}}, "extendedEventParam": ["x"]}


@pytest.fixture
def answering() -> Iterator[tuple[Cloud, V1Client]]:
    """A cloud that answers as a test says, and a client that has a token already."""
    now = datetime.now(UTC)
    token = Token("t0ken-of-it", frozenset(), now, now + timedelta(hours=1))
    with running_cloud() as cloud:
        yield cloud, V1Client(Account("v1", cloud.base_url, "3f1c-client", "", ""), MemoryStore(token))


NOT_OFFERED: list[dict[str, Any]] = [
    {"name": "REMOTE_NOT_SUPPORTED", "debug": "ERROR_1", "message": "Not for this vehicle."},
    {"code": "REMOTE_NOT_SUPPORTED", "debug": "ERROR_1", "message": "Not for this vehicle."},
    {"xError": {"name": "NOT_IMPLEMENTED", "debug": "ERROR_1", "message": "Not for this vehicle."}},
]
BROKEN: list[Any] = [
    {"name": "INTERNAL_SERVER_ERROR", "debug": "ERROR_1", "message": "Sorry."},
    {"code": 50100, "uuid": "u", "message": "Sorry.", "timestamp": "t"},
    {"httpCode": "501", "httpMessage": "Not Implemented", "moreInformation": "Sorry."},
    {"message": "Sorry."},
    b"<html><title>501</title></html>",
    b"",
]


@pytest.mark.parametrize("document", NOT_OFFERED)
def test_what_the_vehicles_cloud_does_not_offer_is_refused_for_good(
    answering: tuple[Cloud, V1Client], document: Any
) -> None:
    cloud, client = answering
    cloud.status, cloud.body = 501, json.dumps(document).encode()
    told: list[Exchange] = []
    watched = client.observed_by(told.append)
    with pytest.raises(Refused, match=r"This vehicle's cloud does not offer it: .*Not for this vehicle") as caught:
        watched.send(watched.prepare("account", "v1", "c1", horn()))
    assert (caught.value.status, caught.value.source) == (501, Source.API)
    # It says nothing of the account.
    assert told[-1].tells is False


@pytest.mark.parametrize("document", BROKEN)
def test_any_other_501_says_nothing_of_what_became_of_it(answering: tuple[Cloud, V1Client], document: Any) -> None:
    cloud, client = answering
    cloud.status, cloud.body = 501, document if isinstance(document, bytes) else json.dumps(document).encode()
    told: list[Exchange] = []
    watched = client.observed_by(told.append)
    with pytest.raises(OutcomeUnknown, match="HTTP 501"):
        watched.send(watched.prepare("account", "v1", "c1", horn()))
    assert told[-1].tells is True


@pytest.mark.parametrize("content", [b'{"remoteActionId": "', b"[1]", b"{}", b'{"remoteActionId": ""}', b"<p>Hello"])
def test_an_answer_without_an_id_leaves_the_outcome_open(answering: tuple[Cloud, V1Client], content: bytes) -> None:
    cloud, client = answering
    cloud.body = content
    with pytest.raises(OutcomeUnknown):
        client.send(client.prepare("account", "v1", "c1", horn()))
    assert len(cloud.got) == 1


LACKING = [
    {"error": "insufficient_scope", "error_description": "Needs remote:horn:write."},
    {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "The token lacks the scope: remote:horn:write"},
    {"name": "FORBIDDEN", "debug": "ERROR_1", "message": "Missing scope remote:horn:write"},
]


@pytest.mark.parametrize("document", LACKING)
def test_a_scope_that_lacks_is_about_this_request(answering: tuple[Cloud, V1Client], document: Any) -> None:
    """Others may go: the account as a whole is not refused, whoever says so."""
    cloud, client = answering
    cloud.status, cloud.body = 403, json.dumps(document).encode()
    told: list[Exchange] = []
    watched = client.observed_by(told.append)
    with pytest.raises(Refused, match=r"remote:horn:write") as caught:
        watched.send(watched.prepare("account", "v1", "c1", horn()))
    assert (caught.value.source, told[-1].source, told[-1].tells) == (Source.API, Source.API, False)
    cloud.body = b'{"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Account blocked"}'
    with pytest.raises(Refused) as caught:
        watched.send(watched.prepare("account", "v1", "c1", horn()))
    assert (caught.value.source, told[-1].tells) == (Source.GATEWAY, True)


def test_a_404_of_the_api_is_no_vehicle_and_one_in_front_says_nothing(answering: tuple[Cloud, V1Client]) -> None:
    cloud, client = answering
    cloud.status = 404
    for document in ({"code": 1001, "debug": "CMP_001234", "message": "Data not found"}, {**NOT_OFFERED[0]}):
        cloud.body = json.dumps(document).encode()
        assert client.read_action("account", "v1", "c1", "a1") is None
        with pytest.raises(Refused) as caught:
            client.vehicle_status("account", "v1")
        assert caught.value.source is Source.API
    cloud.body = b"<title>Not Found</title>"
    with pytest.raises(OutcomeUnknown):
        client.read_action("account", "v1", "c1", "a1")


def test_an_error_that_comes_with_a_200_is_no_telemetry(
    cloud: v1.Cloud, client: V1Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"xError": {"name": "NotFound", "debug": "", "message": "No telemetry of it."}}
    monkeypatch.setattr(client, "_request", lambda *_args: error)
    with pytest.raises(OutcomeUnknown, match="No telemetry of it"):
        client.vehicle_status("account", vehicle_of(cloud))
