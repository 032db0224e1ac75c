"""A request to the cloud is over in time and its answer fits, whatever the cloud does."""

import gzip
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from gateways.exchange import MAX_PART
from gateways.http import LARGEST_RECEIPT
from gateways.interface import Exchange, GatewayError, NotAccepted, OutcomeUnknown, Refused
from gateways.v3 import V3Client

from .conftest import PASSWORD, UNLOCK, Cloud, client_of

READ, TOTAL, LARGEST = 0.4, 0.8, 64 * 1024
# What the machine may need beyond the deadline: far less than what any of these clouds would take.
PATIENCE = 10.0

Parts = Callable[[], Iterable[bytes]]


def drip(start: bytes, part: bytes) -> Parts:
    """The start, and then a part every tenth of a second, without end."""

    def parts() -> Iterator[bytes]:
        yield start
        while not over.wait(0.1):
            yield part

    over = Event()
    return parts


def flood(start: bytes, part: bytes, times: int) -> Parts:
    def parts() -> Iterator[bytes]:
        yield start
        for _ in range(times):
            yield part

    return parts


class RawCloud:
    """Answers each connection with the parts, whatever was asked. `sent` are the bytes that it got rid of."""

    def __init__(self, parts: Parts) -> None:
        self.sent = 0
        self.connections = 0
        self._parts = parts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/connectedcar/v3"
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(64 * 1024)
            for part in self._parts():
                connection.sendall(part)
                self.sent += len(part)
            # Closed at once with a part of the request unread, it would be reset.
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(PATIENCE)
            while connection.recv(64 * 1024):
                pass


def impatient(url: str) -> V3Client:
    return client_of(url, connect_timeout=READ, read_timeout=READ, total_timeout=TOTAL, largest_answer=LARGEST)


@pytest.fixture
def raw() -> Iterator[Callable[[Parts], RawCloud]]:
    clouds: list[RawCloud] = []

    def start(parts: Parts) -> RawCloud:
        clouds.append(RawCloud(parts))
        return clouds[-1]

    yield start
    for cloud in clouds:
        cloud.close()


def post(client: V3Client) -> tuple[GatewayError | str, list[Exchange], float]:
    """What came of a sending, what was told of it, and how long it took."""
    told: list[Exchange] = []
    began = time.monotonic()
    try:
        result: GatewayError | str = client.observed_by(told.append).send(client.prepare("f1", "v1", "c1", UNLOCK))
    except GatewayError as error:
        result = error
    return result, told, time.monotonic() - began


OK = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
DRIPS = {
    "the status": drip(b"", b"H"),
    "a header": drip(OK + b"X: ", b"x"),
    "headers": drip(OK, b"X: y\r\n"),
    "go on, go on": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the content": drip(OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "content to the end of the connection": drip(OK + b"Connection: close\r\n\r\n", b"x"),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk's length": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "trailers": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    "nothing, compressed": drip(OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(b"")),
}


@pytest.mark.parametrize("what", DRIPS)
def test_an_answer_that_drips_is_given_up_in_time(raw: Callable[[Parts], RawCloud], what: str) -> None:
    result, told, took = post(impatient(raw(DRIPS[what]).url))
    assert isinstance(result, OutcomeUnknown)
    assert "did not answer in time" in str(result)
    assert TOTAL - 0.1 <= took < TOTAL + PATIENCE
    assert (told[-1].status, bool(told[-1].error)) == (None, True)


def test_an_answer_that_is_silent_is_given_up_between_two_bytes(raw: Callable[[Parts], RawCloud]) -> None:
    forever = Event()

    def parts() -> Iterator[bytes]:
        yield OK
        forever.wait()

    result, _, took = post(impatient(raw(parts).url))
    forever.set()
    assert isinstance(result, OutcomeUnknown)
    assert "did not answer in time" in str(result)
    assert READ - 0.1 <= took < READ + PATIENCE


BIG = 150_000_000
PADDING = b"x" * 65536
BOMB = gzip.compress(b"x" * 10_000_000, compresslevel=1)
FLOODS: dict[str, Parts] = {
    "with its length": flood(OK + b"Content-Length: 150000000\r\n\r\n", PADDING, BIG // 65536),
    "without a length": flood(OK + b"Connection: close\r\n\r\n", PADDING, BIG // 65536),
    "in chunks": flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + PADDING + b"\r\n", BIG // 65536),
    "compressed": flood(OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", BOMB, 1),
}


@pytest.mark.parametrize("how", FLOODS)
def test_of_a_huge_answer_no_more_is_read_than_fits(raw: Callable[[Parts], RawCloud], how: str) -> None:
    cloud = raw(FLOODS[how])
    result, told, _ = post(impatient(cloud.url))
    assert isinstance(result, OutcomeUnknown)
    assert "too large" in str(result)
    assert (told[-1].status, told[-1].response_length) == (202, LARGEST)
    assert told[-1].why == result.why
    assert cloud.sent < BIG / 2


def test_nor_of_a_huge_redirect(raw: Callable[[Parts], RawCloud]) -> None:
    start = b"HTTP/1.1 302 Found\r\nLocation: /connectedcar/v3/elsewhere\r\nConnection: close\r\n\r\n"
    cloud = raw(flood(start, PADDING, BIG // 65536))
    result, told, _ = post(impatient(cloud.url))
    assert isinstance(result, OutcomeUnknown)
    assert "HTTP 302" in str(result)
    assert (told[-1].status, told[-1].response_length) == (302, LARGEST)
    assert cloud.sent < BIG / 2


def test_of_an_answer_that_is_not_whole_no_secret_is_kept(raw: Callable[[Parts], RawCloud]) -> None:
    """Nor half of one, at the end of what is kept."""
    for place in (0, MAX_PART - 5, MAX_PART - len(PASSWORD)):
        parts = flood(OK + b"Connection: close\r\n\r\n" + b"x" * place + PASSWORD.encode(), PADDING, 10)
        client = client_of(raw(parts).url, largest_answer=5 * LARGEST)
        result, told, _ = post(client)
        assert "too large" in str(result)
        kept = told[-1].response_body
        assert len(kept) == MAX_PART
        assert PASSWORD.encode()[:4] not in kept
        assert told[-1].response_length > MAX_PART


def test_the_answer_to_an_order_may_not_be_as_long_as_a_list(cloud: Cloud, client: V3Client) -> None:
    cloud.body = b'{"remoteActionId": "a1", "padding": "' + b"x" * LARGEST_RECEIPT + b'"}'
    assert "too large" in str(post(client)[0])
    cloud.status = 200
    assert client.vehicle_status("f1", "v1")["remoteActionId"] == "a1"


@pytest.mark.parametrize("how", ["too slow", "too large", "cut"])
def test_a_refusal_is_a_refusal_however_its_words_end(raw: Callable[[Parts], RawCloud], how: str) -> None:
    start = b"HTTP/1.1 400 No\r\nContent-Length: 1000000\r\n\r\n{"
    parts = {
        "too slow": drip(start, b" "),
        "too large": flood(start, PADDING, 15),
        "cut": flood(start, b" ", 1),
    }[how]
    result, told, _ = post(impatient(raw(parts).url))
    assert isinstance(result, Refused)
    assert (result.status, str(result)) == (400, "HTTP 400")
    assert told[-1].status == 400
    assert told[-1].why is not None


def test_asked_to_slow_down_by_an_answer_that_drips_it_is_not_accepted(raw: Callable[[Parts], RawCloud]) -> None:
    start = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 1000000\r\n\r\n"
    result, _, _ = post(impatient(raw(drip(start, b" ")).url))
    assert isinstance(result, NotAccepted)
    assert result.retry_after == 7


def test_connections_are_used_again(cloud: Cloud, client: V3Client) -> None:
    """The cap and the deadline cost no new connection."""
    for _ in range(3):
        post(client)
    assert len({request.port for request in cloud.got}) == 1


def test_after_a_refusal_of_our_credentials_the_connection_is_another(cloud: Cloud, client: V3Client) -> None:
    cloud.status = 401
    post(client)
    cloud.status = 202
    assert post(client)[0] == "a1"
    assert len({request.port for request in cloud.got}) == 2


def test_what_fails_before_anything_is_sent_was_surely_not_accepted(raw: Callable[[Parts], RawCloud]) -> None:
    """No secure connection: no certificate that we trust, no TLS at all, a handshake that never ends."""
    never = Event()

    def silent() -> Iterator[bytes]:
        never.wait()
        return iter(())

    for parts in (flood(b"HTTP/1.1 400 Plain\r\n\r\n", b"", 0), drip(b"\x16\x03\x03\x40\x00", b"\x00"), silent):
        result, _, took = post(impatient(raw(parts).url.replace("http:", "https:")))
        assert isinstance(result, NotAccepted), result
        assert took < TOTAL + PATIENCE
    never.set()


@pytest.mark.parametrize("error", [ssl.SSLCertVerificationError("nobody we know"), OSError("the card is gone")])
def test_however_making_the_connection_fails_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, error: OSError, cloud: Cloud
) -> None:
    def connect(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    result, _, _ = post(impatient(cloud.base_url))
    assert isinstance(result, NotAccepted)
    assert cloud.got == []


@pytest.mark.parametrize("content", ["[" * 20_000, '{"remoteActionId": "a1", "x": ' + "[" * 60 + "]" * 60 + "}"])
def test_an_answer_that_is_nested_too_deep_can_not_be_read(cloud: Cloud, client: V3Client, content: str) -> None:
    cloud.body = content.encode()
    result, _, _ = post(client)
    assert isinstance(result, OutcomeUnknown)


@pytest.mark.parametrize(("id", "text"), [("42", "42"), ("9007199254740993", "9007199254740993"), ('"a1"', "a1")])
def test_an_id_may_be_a_number(cloud: Cloud, client: V3Client, id: str, text: str) -> None:
    cloud.body = b'{"remoteActionId": %s}' % id.encode()
    assert post(client)[0] == text
    cloud.status = 200
    cloud.body = b'{"_embedded": {"remoteActions": [{"remoteActionId": %s, "remote": {"label": "L"}}]}}' % id.encode()
    found = client.find_action("f1", "v1", "c1", "L").found
    assert found is not None
    assert found.remote_action_id == text


@pytest.mark.parametrize("id", ["true", "null", "1.5", "[]", '""', "{}"])
def test_what_is_no_id_is_none(cloud: Cloud, client: V3Client, id: str) -> None:
    cloud.body = b'{"remoteActionId": %s}' % id.encode()
    assert isinstance(post(client)[0], OutcomeUnknown)
