"""Our credentials go to the manufacturer's cloud and nowhere else, once a request, and nothing keeps them."""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateways.exchange import MAX_ANSWER
from gateways.interface import Exchange, GatewayError, NotAccepted, OutcomeUnknown, Refused
from gateways.v3 import V3Client
from tests.broken_urls import BROKEN, UNREADABLE

from .conftest import CLIENT_ID, PASSWORD, UNLOCK, Cloud, client_of

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
# Its Basic value has all that is escaped somewhere: a plus, a slash, and an equals sign at the end.
ODD_PASSWORD = "~~~???secretx"
BASIC = b64encode(f"fleetremote:{ODD_PASSWORD}".encode()).decode()


def post(client: V3Client) -> str:
    return client.send(client.prepare("f1", "v1", "c1", UNLOCK))


def look(client: V3Client) -> object:
    return client.vehicle_status("f1", "v1")


REQUESTS = [post, look]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_redirect_is_not_followed(
    cloud: Cloud, client: V3Client, elsewhere: Cloud, request_: Callable[[V3Client], Any], status: int
) -> None:
    cloud.status, cloud.headers = status, {"Location": f"{elsewhere.base_url}/fleets"}
    with pytest.raises(OutcomeUnknown):
        request_(client)
    cloud.headers = {"Location": "/connectedcar/v3/elsewhere"}
    with pytest.raises(OutcomeUnknown):
        request_(client)
    assert (len(cloud.got), elsewhere.got) == (2, [])


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("place", [*(url.encode().decode("latin-1") for url in BROKEN), "\xff"])
@pytest.mark.parametrize("request_", REQUESTS)
def test_nor_does_one_that_leads_nowhere_raise_anything_else(
    cloud: Cloud, client: V3Client, request_: Callable[[V3Client], Any], status: int, place: str
) -> None:
    cloud.status, cloud.headers = status, {"Location": place}
    with pytest.raises(OutcomeUnknown, match=f"HTTP {status}"):
        request_(client)


@pytest.mark.parametrize("name", PROXIES)
def test_no_proxy_is_taken_from_the_environment(
    cloud: Cloud, client: V3Client, elsewhere: Cloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, elsewhere.root)
    assert post(client) == "a1"
    assert (len(cloud.got), elsewhere.got) == (1, [])


def test_no_credentials_are_taken_from_a_netrc_file(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    nobody = client_of(cloud.base_url, username="", password="")
    post(client_of(cloud.base_url))
    post(nobody)
    sent = [request.header("Authorization") for request in cloud.got]
    assert sent == [f"Basic {b64encode(pair).decode()}" for pair in (b"fleetremote:correct horse", b":")]


def test_no_cookie_goes_from_one_request_to_the_next(cloud: Cloud, client: V3Client) -> None:
    cloud.headers = {"Set-Cookie": "session=of-one-fleet; Path=/"}
    post(client)
    look(client)
    look(client)
    assert [request.header("Cookie") for request in cloud.got] == [None] * 3


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
@pytest.mark.parametrize("request_", REQUESTS)
def test_no_request_is_repeated_by_the_library(
    cloud: Cloud, client: V3Client, request_: Callable[[V3Client], Any], status: int
) -> None:
    cloud.status, cloud.headers = status, {"Retry-After": "0"}
    with pytest.raises(OutcomeUnknown):
        request_(client)
    assert len(cloud.got) == 1


def test_a_cloud_that_asks_to_slow_down_is_not_asked_again_by_the_library(cloud: Cloud, client: V3Client) -> None:
    cloud.status, cloud.headers = 429, {"Retry-After": "0"}
    for request in REQUESTS:
        with pytest.raises(NotAccepted):
            request(client)
    assert len(cloud.got) == 2


def page(number: int, following: str | None) -> tuple[int, dict[str, str], bytes]:
    """A page of the list of fleets, with one fleet; `following` is its link to the next page."""
    links = {"next": {"href": following}} if following is not None else {}
    document = {"_links": links, "total": 2, "_embedded": {"fleets": [{"id": f"f{number}"}]}}
    return 200, {}, json.dumps(document).encode()


NEXT = [
    "HOST/connectedcar/v3/fleets?pageToken=2",
    "//PLACE/connectedcar/v3/fleets?pageToken=2",
    "http://fleetremote:x@PLACE/connectedcar/v3/fleets?pageToken=2",
    "http://a:99999/connectedcar/v3/fleets?pageToken=2",
    "http://a:b/connectedcar/v3/fleets?pageToken=2",
    "/connectedcar/v3/fleets?pageToken=2",
    "fleets?pageToken=2",
]


@pytest.mark.parametrize("link", NEXT)
def test_the_next_page_is_read_from_our_host_whatever_the_link_says(
    cloud: Cloud, client: V3Client, elsewhere: Cloud, link: str
) -> None:
    link = link.replace("HOST", elsewhere.root).replace("PLACE", elsewhere.root.removeprefix("http://"))
    cloud.first += [page(1, link), page(2, None)]
    assert [fleet["id"] for fleet in client.fleets()] == ["f1", "f2"]
    assert elsewhere.got == []
    paths = [request.target.partition("&client_id")[0].partition("?client_id")[0] for request in cloud.got]
    assert paths == ["/connectedcar/v3/fleets", "/connectedcar/v3/fleets?pageToken=2"]


@pytest.mark.parametrize("link", UNREADABLE)
def test_a_link_that_can_not_be_read_is_no_end_of_a_list(cloud: Cloud, client: V3Client, link: str) -> None:
    cloud.first.append(page(1, link))
    with pytest.raises(OutcomeUnknown, match=r"can't be read: _links\.next\.href"):
        list(client.fleets())


@pytest.mark.parametrize("link", ["x:@PLACE/fleets", "x:.PLACE/fleets", "x:0/fleets", "http:@PLACE/fleets"])
def test_a_link_can_not_lengthen_the_name_of_our_host(cloud: Cloud, elsewhere: Cloud, link: str) -> None:
    """Where the cloud's address has no path, what a link has in front of its first slash would become the host."""
    client = client_of(cloud.root)
    cloud.first += [page(1, link.replace("PLACE", elsewhere.root.removeprefix("http://"))), page(2, None)]
    assert [fleet["id"] for fleet in client.fleets()] == ["f1", "f2"]
    assert (len(cloud.got), elsewhere.got) == (2, [])


def escaped(text: str) -> str:
    """Each character as JSON may write it too."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


ECHOES = {
    "as it is": BASIC,
    "slashes escaped": BASIC.replace("/", "\\/"),
    "as HTML-safe JSON": BASIC.replace("=", "\\u003d").replace("+", "\\u002b"),
    "in capital escapes": BASIC.replace("=", "\\u003D").replace("+", "\\u002B").replace("/", "\\u002F"),
    "all escaped": escaped(BASIC),
    "percent-encoded": BASIC.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    "without its end": BASIC.rstrip("="),
    "the password": ODD_PASSWORD,
    "the password escaped": escaped(ODD_PASSWORD),
    "the client": CLIENT_ID,
}


def test_the_odd_password_is_odd() -> None:
    assert set("+/=") < set(BASIC)


def leaks(text: str, echo: str) -> bool:
    return any(secret in text for secret in (echo, BASIC, BASIC.rstrip("="), ODD_PASSWORD, CLIENT_ID))


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("status", [202, 400, 500])
@pytest.mark.parametrize("how", ECHOES)
def test_credentials_that_an_answer_repeats_are_not_kept(cloud: Cloud, how: str, status: int, compressed: bool) -> None:
    echo = ECHOES[how]
    body = f'{{"remoteActionId": "a1", "message": "Got Authorization: Basic {echo}."}}'.encode()
    cloud.status, cloud.body = status, gzip.compress(body) if compressed else body
    cloud.headers = {"X-Got": f"Basic {echo}", **({"Content-Encoding": "gzip"} if compressed else {})}
    told: list[Exchange] = []
    client = client_of(cloud.base_url, password=ODD_PASSWORD).observed_by(told.append)
    words = ""
    try:
        post(client)
    except GatewayError as error:
        words = str(error)
    exchange = told[-1]
    kept = exchange.response_body.decode()
    assert not leaks(kept, echo), kept
    assert not leaks(repr(exchange.response_headers), echo), exchange.response_headers
    assert not leaks(words, echo), words
    # All else is there.
    assert b"Got Authorization: Basic ***" in exchange.response_body
    assert kept.startswith('{"remoteActionId": "a1"')


def test_what_the_cloud_says_of_our_credentials_is_told_without_them(cloud: Cloud) -> None:
    cloud.status, cloud.body = 401, json.dumps({"message": f"No such account: {BASIC}, {ODD_PASSWORD}"}).encode()
    with pytest.raises(Refused, match=r"^No such account: \*\*\*, \*\*\*$"):
        post(client_of(cloud.base_url, password=ODD_PASSWORD))


def test_a_link_in_an_answer_that_names_our_client_is_kept_without_it(cloud: Cloud, client: V3Client) -> None:
    cloud.headers = {"Location": f"/connectedcar/v3/fleets?client_id={CLIENT_ID}&x=1"}
    told: list[Exchange] = []
    post(client.observed_by(told.append))
    assert ("Location", "/connectedcar/v3/fleets?client_id=***&x=1") in told[-1].response_headers


def test_the_words_of_a_failure_hold_no_password(cloud: Cloud) -> None:
    """An address that can't be used is told with its words."""
    told: list[Exchange] = []
    nowhere = client_of(f"http://fleetremote:{PASSWORD.replace(' ', '%20')}@127.0.0.1:9", password=PASSWORD)
    with pytest.raises(NotAccepted) as caught:
        post(nowhere.observed_by(told.append))
    assert "horse" not in repr(told) + str(caught.value)


@pytest.mark.parametrize("no_text", ["\\u0000", "\\ud83d", "\\uD83D", "\\ude00\\ud83d"])
def test_an_answer_that_no_database_can_hold_is_not_read(cloud: Cloud, client: V3Client, no_text: str) -> None:
    """Written down it would fail, and what became of the request would be lost. The rest of its words is kept."""
    cloud.body = f'{{"remoteActionId": "a{no_text}", "message": "Sold {no_text}."}}'.encode()
    with pytest.raises(OutcomeUnknown, match="can't be read"):
        post(client)
    cloud.status = 400
    with pytest.raises(Refused, match=r"^Sold \.$"):
        post(client)


def test_an_answer_with_a_whole_surrogate_pair_is_read(cloud: Cloud, client: V3Client) -> None:
    cloud.body = b'{"remoteActionId": "a\\ud83d\\ude00"}'
    assert post(client) == "a\N{GRINNING FACE}"


def test_a_redirect_is_not_an_answer_even_with_a_body(cloud: Cloud, client: V3Client) -> None:
    cloud.status, cloud.headers = 307, {"Location": "/connectedcar/v3/elsewhere"}
    with pytest.raises(OutcomeUnknown):
        post(client)


def test_a_secret_across_the_cut_of_a_long_answer_is_not_kept_in_half(cloud: Cloud, client: V3Client) -> None:
    told: list[Exchange] = []
    head = b'{"remoteActionId": "a1", "echo": "'
    cloud.body = head + b"x" * (MAX_ANSWER - len(head) - 6) + PASSWORD.encode() + b'"}'
    post(client.observed_by(told.append))
    assert b"corr" not in told[-1].response_body


HERE: dict[str, Any] = {"_embedded": {"callbacks": [{"id": "c1"}]}, "total": 1}
MORE = {"_links": {"next": {"href": "?pageToken=2"}}}
OTHERS: dict[str, Any] = {"_embedded": {"callbacks": [{"id": "c2"}]}, "total": 1}


@pytest.mark.parametrize(
    ("lists", "is_gone"),
    [
        ([(200, OTHERS)], True),
        ([(200, {"total": 0})], True),
        (
            [(200, {**OTHERS, "total": 2, "_links": {"next": {"href": "?pageToken=2"}}}), (200, {**HERE, "total": 2})],
            False,
        ),
        ([(200, HERE)], False),
        ([(200, {**OTHERS, "total": 2})], False),
        ([(200, {"_embedded": {"callbacks": [{"subscribe": {}}]}, "total": 1})], False),
        ([(200, {})], False),
        ([(404, {"message": "callback not found"})], False),
        ([(500, {})], False),
        ([(429, {})], False),
    ],
)
def test_a_404_that_is_not_the_apis_means_that_a_callback_is_gone_only_if_the_whole_list_says_so_too(
    cloud: Cloud, client: V3Client, lists: list[tuple[int, Any]], is_gone: bool
) -> None:
    answers = [(404, {"message": "callback not found"}), *lists]
    cloud.first.extend((status, {}, json.dumps(body).encode()) for status, body in answers)
    if is_gone:
        assert client.read_callback("f1", "c1") is None
    else:
        with pytest.raises(OutcomeUnknown, match="callback not found"):
            client.read_callback("f1", "c1")
    assert not cloud.first
