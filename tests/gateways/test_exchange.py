"""What an observer is told of a request is what the cloud got and gave, but for secrets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from gateways.exchange import MAX_ANSWER
from gateways.interface import Account, Exchange, GatewayError, NotAccepted, OutcomeUnknown
from gateways.masking import MASK, Masking, mask_document
from gateways.v3 import V3Client
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import Remote

CLIENT_ID, PASSWORD = "3f1c-client", "correct horse"
UNLOCK = Remote(REMOTE_TYPES["Locking"], {"state": "Unlocked"}, "Lyon 2", {})


@dataclass
class Request:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Cloud:
    """Notes each request; answers with `status`, `headers` and `body`, or cuts the connection where status is 0."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"remoteActionId": "a1"}'
    got: list[Request] = field(default_factory=list)
    base_url: str = ""


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cloud.got.append(Request(self.command, self.path, list(self.headers.items()), body))
            if not cloud.status:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(cloud.status)
            for name, value in {**cloud.headers, "Content-Length": str(len(cloud.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(cloud.body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud.base_url = f"http://127.0.0.1:{server.server_port}/connectedcar/v3"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield cloud
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(cloud: Cloud) -> V3Client:
    return V3Client(Account("v3", cloud.base_url, CLIENT_ID, "fleetremote", PASSWORD))


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
