"""What an observer is told of a request is what the cloud got and gave, but for secrets."""

import pytest

from gateways.exchange import MAX_ANSWER
from gateways.interface import Account, Exchange, GatewayError, NotAccepted, OutcomeUnknown
from gateways.masking import Masking, mask_document
from gateways.v3 import V3Client
from protocol.canonical.secret_names import MASK

from .conftest import CLIENT_ID, PASSWORD, UNLOCK, Cloud


def test_what_is_told_is_what_was_sent_and_what_came_back(cloud: Cloud, client: V3Client) -> None:
    told: list[Exchange] = []
    cloud.headers = {"X-RateLimit-Remaining": "41", "Set-Cookie": "session=very-secret"}
    assert client.observed_by(told.append).send(client.prepare("f1", "v1", "c1", UNLOCK)) == "a1"
    (got,) = cloud.got
    before, after = told
    assert before.duration is None
    assert (before.method, before.request_body) == (got.method, got.body)
    assert before.url == cloud.base_url.removesuffix("/connectedcar/v3") + got.target.replace(CLIENT_ID, MASK)
    sent = [(name, MASK if name == "Authorization" else value) for name, value in got.headers if name != "Host"]
    assert sorted(before.request_headers) == sorted(sent)
    assert after.duration is not None
    assert (after.status, after.response_body, after.error) == (202, cloud.body, "")
    assert ("X-RateLimit-Remaining", "41") in after.response_headers
    assert ("Set-Cookie", MASK) in after.response_headers
    assert "secret" not in repr(told)
    assert CLIENT_ID not in repr(told)


def test_it_is_told_before_anything_is_sent(cloud: Cloud, client: V3Client) -> None:
    at_that_time: list[int] = []
    prepared = client.prepare("f1", "v1", "c1", UNLOCK)
    client.observed_by(lambda exchange: at_that_time.append(len(cloud.got))).send(prepared)
    assert at_that_time == [0, 1]


def test_an_observer_that_can_not_write_keeps_the_request_from_being_sent(cloud: Cloud, client: V3Client) -> None:
    def observe(exchange: Exchange) -> None:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        client.observed_by(observe).send(client.prepare("f1", "v1", "c1", UNLOCK))
    assert cloud.got == []


def test_only_the_observed_client_tells(cloud: Cloud, client: V3Client) -> None:
    told: list[Exchange] = []
    observed = client.observed_by(told.append)
    client.send(client.prepare("f1", "v1", "c1", UNLOCK))
    assert told == []
    cloud.status, cloud.body = 200, b'{"_embedded": {"remoteActions": []}}'
    observed.find_action("f1", "v1", "c1", "Lyon 2")
    assert [exchange.method for exchange in told] == ["GET", "GET"]


@pytest.mark.parametrize(("status", "error"), [(429, NotAccepted), (500, OutcomeUnknown), (0, OutcomeUnknown)])
def test_what_goes_wrong_is_told_too(cloud: Cloud, client: V3Client, status: int, error: type[GatewayError]) -> None:
    told: list[Exchange] = []
    cloud.status, cloud.body = status, b"<html>out of order</html>"
    with pytest.raises(error):
        client.observed_by(told.append).send(client.prepare("f1", "v1", "c1", UNLOCK))
    after = told[-1]
    assert after.status == (status or None)
    assert after.response_body == (cloud.body if status else b"")
    assert bool(after.error) == (not status)


def test_where_nobody_listens_the_words_hold_no_secret() -> None:
    told: list[Exchange] = []
    nowhere = V3Client(Account("v3", "http://127.0.0.1:9", CLIENT_ID, "fleetremote", PASSWORD))
    with pytest.raises(NotAccepted):
        nowhere.observed_by(told.append).send(nowhere.prepare("f1", "v1", "c1", UNLOCK))
    assert "ConnectionError" in told[-1].error
    assert f"client_id={MASK}" in told[-1].error
    assert CLIENT_ID not in told[-1].error


def test_a_long_answer_is_cut_but_its_length_is_told(cloud: Cloud, client: V3Client) -> None:
    told: list[Exchange] = []
    cloud.body = b'{"remoteActionId": "a1", "padding": "' + b"x" * MAX_ANSWER + b'"}'
    assert client.observed_by(told.append).send(client.prepare("f1", "v1", "c1", UNLOCK)) == "a1"
    assert told[-1].response_body == cloud.body[:MAX_ANSWER]
    assert told[-1].response_length == len(cloud.body)


BODIES = [
    (b'{"door": {"state": "Unlocked"}}', b'{"door": {"state": "Unlocked"}}'),
    (b'{"href": "/v3/fleets?client_id=abc&page=2"}', b'{"href": "/v3/fleets?client_id=***&page=2"}'),
    (b"\xff\x00 no text, pageToken=2", b"\xff\x00 no text, pageToken=2"),
    (b'{"Password":"a", "name":"a"}', b'{"Password":"***", "name":"***"}'),
    (b'{"said": "correct horse, battery"}', b'{"said": "***, battery"}'),
    (
        b'{"attributes": [{"type":"Header","key":"Authorization","value":"Bearer a\\/b"},{"key":"x","value":"1"}]}',
        b'{"attributes": [{"type":"Header","key":"Authorization","value":"***"},{"key":"x","value":"1"}]}',
    ),
    (b'{"token": "caf\xc3\xa9"}', b'{"token": "***"}'),
    (b'{"token": "\\u0061bc"}', b"***"),
]


@pytest.mark.parametrize(("body", "masked"), BODIES)
def test_bodies_stay_as_they_are_but_for_secrets(body: bytes, masked: bytes) -> None:
    assert Masking([PASSWORD]).body(body) == masked


def test_secrets_of_documents_are_found_by_their_names() -> None:
    document = {
        "headers": [("Authorization", "Basic x"), ("Accept", "text/html")],
        "attributes": [{"key": "X-Api-Key", "value": "x"}, {"key": "client", "value": "x"}],
        "nested": {"clientSecret": "x", "client_secret": "x", "secretary": "x"},
    }
    assert mask_document(document) == {
        "headers": [["Authorization", MASK], ["Accept", "text/html"]],
        "attributes": [{"key": "X-Api-Key", "value": MASK}, {"key": "client", "value": "x"}],
        "nested": {"clientSecret": MASK, "client_secret": MASK, "secretary": "x"},
    }
