"""Whatever comes back, whoever tests gets words, and none of our secrets is in them."""

import errno
import gzip
import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.diagnosis import NAMES, codes, reaching, steps
from gateways.diagnosis.step import Wrong
from gateways.diagnosis.streams import certificates_in
from gateways.interface import Account
from tests.broken_urls import BROKEN
from tests.gateways.diagnosis.cases import CLIENT_ID, OURS, PASSWORD, USER, account, behind, with_ours
from tests.gateways.diagnosis.wrong_tokens import PATH, TOKEN
from tests.gateways.diagnosis.wrong_tokens import account as signing_in
from tests.tls.authority import self_signed
from tests.tls.servers import Server, answer, raw_server, serving

BASIC = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
PROXY_PASSWORD = "secret-of-the-proxy"
SECRETS = (PASSWORD, CLIENT_ID, BASIC, PROXY_PASSWORD, TOKEN, *OURS.key_pem.splitlines()[1:-1])

ECHO = st.sampled_from([PASSWORD, CLIENT_ID, BASIC, f"Basic {BASIC}", f"client_id={CLIENT_ID}"])
TEXTS = st.one_of(st.text(max_size=40), ECHO)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["_embedded", "fleets", "total", "message", "error", "_links", "next"]), inner
        )
    ),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    TEXTS.map(lambda text: text.encode(errors="replace")),
    TEXTS.map(lambda text: f"<html><title>{text}</title>".encode(errors="replace")),
    DOCUMENTS.map(lambda document: json.dumps(document).encode()),
    DOCUMENTS.map(lambda document: gzip.compress(json.dumps(document).encode())),
)
NAMES_OF_HEADERS = st.sampled_from(
    [
        *("Content-Type", "Content-Length", "Content-Encoding", "Location", "Retry-After", "WWW-Authenticate"),
        *("Transfer-Encoding", "X-RateLimit-Limit-1", "X-RateLimit-Limit-2", "X-RateLimit-Remaining-1"),
    ]
)
VALUES = st.one_of(
    TEXTS,
    st.integers(-3, 10**12).map(str),
    st.sampled_from(["gzip", "chunked", "text/html", "application/json", 'Bearer realm="x"', *BROKEN]),
)
HEADERS = st.lists(st.tuples(NAMES_OF_HEADERS, VALUES), max_size=4)
STATUSES = st.one_of(st.sampled_from([200, 301, 400, 401, 403, 404, 429, 495, 500, 502]), st.integers(100, 999))


@pytest.fixture(scope="module")
def cloud() -> Iterator[tuple[Server, list[bytes]]]:
    says = [b""]
    # A second one is the token endpoint's.
    with serving(lambda asked: says[-1] if asked.startswith(b"POST") else says[0]) as server:
        yield server, says


@pytest.fixture(scope="module")
def raw() -> Iterator[tuple[int, list[bytes]]]:
    says = [b""]

    def handle(connection: socket.socket) -> None:
        connection.recv(64 * 1024)
        connection.sendall(says[0])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(64 * 1024):
            pass

    with raw_server(handle) as port:
        yield port, says


def judged(account: Account, *public: str) -> None:
    """`public`: what is no secret of this account's."""
    found = list(steps(account, allow_http=True))
    names = [step.name for step in found]
    assert names == list(NAMES[: len(names)])
    assert found[-1].ok is False or names == list(NAMES)
    assert not [step for step in found if step.why.code == codes.STUMBLED], found
    words = " ".join(str(step.why) for step in found)
    assert not [secret for secret in SECRETS if secret in words and secret not in public], words


@given(STATUSES, HEADERS, BODIES, st.booleans())
def test_any_answer_leads_to_words_without_secrets(
    cloud: tuple[Server, list[bytes]], status: int, headers: list[tuple[str, str]], body: bytes, is_sized: bool
) -> None:
    server, says = cloud
    del says[1:]
    lines = [f"HTTP/1.1 {status} {PASSWORD}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}"] if is_sized else []
    says[0] = "\r\n".join([*lines, "", ""]).encode(errors="replace") + body
    judged(account(f"{server.root}/v3", read_timeout=1.0, total_timeout=1.0))


TOKEN_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "access_token": TEXTS | DOCUMENTS | st.just(TOKEN),
        "expires_in": st.integers() | st.floats() | TEXTS | DOCUMENTS,
        "scope": TEXTS | DOCUMENTS,
        "token_type": st.just("Bearer") | TEXTS | DOCUMENTS,
        "error": TEXTS | st.sampled_from(["invalid_client", "invalid_scope"]) | DOCUMENTS,
    },
).map(lambda document: json.dumps(document).encode())


@given(STATUSES, HEADERS, TOKEN_DOCUMENTS | BODIES, STATUSES, BODIES)
def test_any_answer_of_a_token_endpoint_and_of_the_api_after_it_leads_to_words(
    cloud: tuple[Server, list[bytes]], status: int, headers: list[tuple[str, str]], body: bytes, then: int, page: bytes
) -> None:
    server, says = cloud
    lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}"]
    token = "\r\n".join([*lines, "", ""]).encode(errors="replace") + body
    says[:] = [answer(then, page), token]
    judged(signing_in(f"{server.root}/v1", f"{server.root}{PATH}", read_timeout=1.0, total_timeout=1.0), BASIC)


@given(
    st.sampled_from([b"", b"\x16\x03\x03\x00\x40", b"\x15\x03\x03\x00\x02\x02", b"HTTP/1.1 "]), st.binary(max_size=80)
)
def test_any_bytes_in_place_of_tls_or_of_a_proxy_lead_to_words(
    raw: tuple[int, list[bytes]], start: bytes, junk: bytes
) -> None:
    port, says = raw
    says[0] = start + junk
    judged(account(f"https://127.0.0.1:{port}/v3", **with_ours()))
    proxy = f"http://us:{PROXY_PASSWORD}@127.0.0.1:{port}"
    judged(account("https://api.example.com/v3", proxy=proxy))


TEXTS_OF_PEM = st.one_of(st.text(max_size=20), st.sampled_from(["", OURS.pem, OURS.key_pem, OURS.pem[:99]]))
URLS = st.sampled_from(
    ["", "https://127.0.0.1:9/v3", "http://127.0.0.1:9", "https://[::1]:9", "https://127.0.0.1:9/x/y", *BROKEN]
)
ACCOUNTS = st.builds(
    lambda dialect, **values: Account(dialect, connect_timeout=0.5, total_timeout=0.5, **values),
    st.sampled_from(["v3", "v1"]),
    **{name: st.one_of(URLS, st.text(max_size=20)) for name in ("base_url", "token_url", "proxy")},
    **{name: st.text(max_size=20) for name in ("client_id", "username", "password")},
    **dict.fromkeys(("certificate", "private_key", "ca_bundle"), TEXTS_OF_PEM),
)


@given(ACCOUNTS)
def test_any_account_leads_to_words(account: Account) -> None:
    found = list(steps(account, allow_http=True))
    assert found[-1].ok is False
    assert not [step for step in found if step.why.code == codes.STUMBLED], found


def test_what_they_write_into_their_certificate_is_told_without_our_secrets() -> None:
    with behind(self_signed(CLIENT_ID))()() as account:
        last = list(steps(account))[-1]
    assert str(last.why).startswith("The cloud's certificate is signed by itself: CN=***.")


def test_an_answer_that_drips_is_not_waited_for() -> None:
    """Each byte comes in time, and the answer never does."""

    def drip(connection: socket.socket) -> None:
        connection.recv(64 * 1024)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        over = time.monotonic() + 4
        while time.monotonic() < over:
            connection.sendall(b"x")
            Event().wait(0.05)

    with raw_server(drip) as port:
        last = list(steps(account(f"http://127.0.0.1:{port}/v3", total_timeout=0.4), allow_http=True))[-1]
    assert last.why.code == codes.NO_ANSWER


@given(st.binary(max_size=200), st.booleans())
def test_any_certificate_message_is_read(message: bytes, is_13: bool) -> None:
    assert all(isinstance(certificate, bytes) for certificate in certificates_in(message, is_13))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (
            errno.EHOSTUNREACH,
            "There is no way to 192.0.2.1 from here. Check this computer's network, or use a proxy.",
        ),
        (errno.EPERM, "No connection to 192.0.2.1, port 443: Operation not permitted."),
    ],
)
def test_a_network_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    """Which addresses can't be reached is the test's computer's own affair."""

    class Socket(socket.socket):
        def connect(self, _place: object) -> None:
            raise OSError(number, "Operation not permitted")

    monkeypatch.setattr("gateways.diagnosis.reaching.socket.socket", Socket)
    with pytest.raises(Wrong) as caught:
        reaching.connect([(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))], 443, 1.0)
    assert str(caught.value.why) == words
