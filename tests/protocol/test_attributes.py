"""Attributes of a webhook: whatever a vehicle's data hold, what is made of them can stand at its place."""

import re
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from protocol.canonical.attributes import (
    VARIABLES,
    Variables,
    body_pairs,
    headers,
    is_secret,
    masked,
    never_batched,
    target,
)
from protocol.canonical.secret_names import MASK
from protocol.errors import Invalid
from protocol.v3 import decode_subscribe
from tests.broken_urls import BROKEN
from tests.strategies import TEXTS

ANY_TEXT = st.text(st.characters(), max_size=40)
ONE = Variables("c-1", "f-1", ["VF3ABCDE0FG123456"], ["Doors"])


def attribute(kind: str, key: str, value: str) -> dict[str, Any]:
    return {"type": kind, "key": key, "value": value}


def register(*attributes: dict[str, Any], target: str = "https://example.com/hook") -> None:
    decode_subscribe({"callback": {"webhook": {"target": target, "name": "hook", "attributes": list(attributes)}}})


def refusal(*attributes: dict[str, Any], target: str = "https://example.com/hook") -> Invalid:
    with pytest.raises(Invalid) as caught:
        register(*attributes, target=target)
    return caught.value


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("$vin", "VF3ABCDE0FG123456"),
        ("$Vin", "VF3ABCDE0FG123456"),
        ("$callbackID", "c-1"),
        ("$ChannelId", "c-1"),
        ("$remoteType", "Doors"),
        ("$fleetID", "f-1"),
        ("costs $5", "costs $5"),
        ("vin", "vin"),
    ],
)
def test_a_variable_is_filled_in_at_each_place(value: str, sent: str) -> None:
    attributes = [attribute(kind, "X-Key", value) for kind in ("Header", "Query", "Body")]
    register(*attributes)
    assert headers(attributes, ONE) == [("X-Key", sent)]
    assert parse_qsl(urlsplit(target("https://example.com", attributes, ONE)).query) == [("X-Key", sent)]
    assert body_pairs(attributes, ONE) == [{"key": "X-Key", "value": sent}]


def test_several_vehicles_are_named_once_each() -> None:
    many = Variables("c", "f", ["A", "B", "A", ""], ["Doors", "Doors", "Horn"])
    attributes = [attribute("Body", "vin", "$vin"), attribute("Body", "type", "$remoteType")]
    assert [pair["value"] for pair in body_pairs(attributes, many)] == ["A,B", "Doors,Horn"]
    assert headers([attribute("Header", "X-Vins", "$vin")], many) == [("X-Vins", "A,B")]


@pytest.mark.parametrize("kind", ["Header", "Query", "Body"])
@pytest.mark.parametrize("value", ["$vid", "$VIN", "$", "$vin ", "$monitorID"])
def test_an_unknown_variable_is_refused_with_the_known_ones(kind: str, value: str) -> None:
    refused = refusal(attribute("Body", "a", "b"), attribute(kind, "X-Key", value))
    assert refused.path == "callback.webhook.attributes[1].value"
    assert all(name in refused.message for name in VARIABLES)


@pytest.mark.parametrize(
    "value", ["a\r\nX-Other: b", "a\nb", "a\tb", "\x7f", "ä", "€", " a", "a ", "\u2028", "a\x85", "\ud7ff"]
)
def test_a_value_that_cant_stand_in_a_header_is_refused(value: str) -> None:
    assert refusal(attribute("Header", "X-Key", value)).path == "callback.webhook.attributes[0].value"
    register(attribute("Query", "X-Key", value), attribute("Body", "X-Key", value))


@pytest.mark.parametrize("key", ["X Key", "X-Key:", "X\r\nY", "ä", "a/b", "(a)", 'a"', "a\x00"])
def test_a_key_that_is_no_name_of_a_header_is_refused(key: str) -> None:
    refusal(attribute("Header", key, "a"))


@pytest.mark.parametrize(
    "key",
    [
        *(
            "Host",
            "content-length",
            "Content-Type",
            "CONTENT-ENCODING",
            "Transfer-Encoding",
            "connection",
            "Keep-Alive",
        ),
        *("Proxy-Authorization", "proxy-connection", "TE", "Trailer", "Upgrade", "Expect", "Via", "Date"),
        *("Accept-Encoding", "Webhook-Id", "webhook-timestamp", "WEBHOOK-SIGNATURE", "HTTP2-Settings"),
    ],
)
def test_a_header_of_ours_is_refused_and_never_sent(key: str) -> None:
    kept = attribute("Header", key, "a")
    assert key in refusal(kept).message
    assert headers([kept], ONE) == []


@pytest.mark.parametrize("key", ["Authorization", "Cookie", "User-Agent", "X-Vehicle_Id", "X-Proxy-For", "Accept"])
def test_other_headers_are_free(key: str) -> None:
    register(attribute("Header", key, "Bearer abc=="))


@given(vins=st.lists(ANY_TEXT, max_size=3), types=st.lists(ANY_TEXT, max_size=3), ids=ANY_TEXT)
def test_whatever_is_filled_in_a_header_can_be_sent(vins: list[str], types: list[str], ids: str) -> None:
    attributes = [attribute("Header", f"X-{name[1:]}", name) for name in VARIABLES]
    variables = Variables(ids, ids, vins, types)
    found = headers(attributes, variables)
    assert [key for key, _ in found] == ["X-vin", "X-callbackID", "X-remoteType", "X-fleetID"]
    assert all(re.fullmatch("[!-~]{0,1000}", value) for _, value in found)
    request = HTTPConnection("example.com")
    request.putrequest("POST", "/")
    for key, value in found:
        request.putheader(key, value)


@given(vin=ANY_TEXT, pairs=st.lists(st.tuples(TEXTS.filter(bool), TEXTS.filter(lambda t: t[:1] != "$")), max_size=4))
@pytest.mark.parametrize(
    "address",
    [
        "https://example.com",
        "https://example.com/",
        "https://example.com/a%20b/ä?kept=%2F+1#part",
        "https://example.com?",
        "http://[2001:db8::1]:8080/?kept=1&",
        "https://example.com/a&",
    ],
)
def test_the_address_reads_back_to_the_values(address: str, vin: str, pairs: list[tuple[str, str]]) -> None:
    attributes = [attribute("Query", key, value) for key, value in [*pairs, ("vin", "$vin")]]
    register(*attributes, target=address)
    made = target(address, attributes, Variables("c", "f", [vin], []))
    given_query = parse_qsl(urlsplit(address).query)
    wanted = [*given_query, *pairs, ("vin", vin.encode(errors="replace").decode())]
    assert made.isascii()
    assert "#" not in made
    assert parse_qsl(urlsplit(made).query, keep_blank_values=True) == wanted
    assert list(URL(made, encoded=True).query.items()) == wanted
    assert (urlsplit(made).netloc, URL(made).raw_path) == (urlsplit(address).netloc, URL(address).raw_path)


@pytest.mark.parametrize(
    ("found", "never"),
    [
        ([], False),
        ([attribute("Body", "a", "$vin"), attribute("Header", "a", "$fleetID")], False),
        ([attribute("Header", "a", "$vin")], True),
        ([attribute("Query", "a", "$Vin")], True),
        ([attribute("Query", "a", "$remoteType")], True),
        ([attribute("Header", "a", "vin")], False),
    ],
)
def test_a_header_or_query_of_one_vehicle_or_type_means_no_batches(found: list[dict[str, Any]], never: bool) -> None:
    assert never_batched(found) is never


@pytest.mark.parametrize(
    "address",
    [
        *("https://example.com", "HTTPS://EXAMPLE.com:8443/x?y=z", "http://x", "https://x.example.:443/"),
        *("https://1.2.3.4/", "https://[2606:4700::1]:8443", "https://xn--bcher-kva.example/ä", "https://a_b.example"),
    ],
)
def test_an_http_or_https_address_is_taken(address: str) -> None:
    register(target=address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "ftp://example.com",
            "example.com",
            "//example.com",
            "javascript:alert(1)",
            "https:example.com",
            "https:///x",
        ),
        *("https://", "https://?x", "https://:443/", "https://user@example.com", "https://user:secret@example.com/"),
        *("https://a b.example/", "https://example.com/\r\nX: y", "https://example.com/\u2028", "https://x\\@y/"),
        *(
            "https://example.com:0/",
            "https://example.com:65536/",
            "https://example.com:/",
            "https://example.com:x/",
            "https://example.com:-1",
        ),
        *(
            "https://exämple.com/",
            "https://１２７.0.0.1/",
            "https://a..b/",
            "https://-a.example/",
            "https://%61.example/",
        ),
        *("https://[::1/", "https://[::1%25lo]/", "https://[v1.x]/", "https://[1.2.3.4]/", "https://::1/"),
        *BROKEN,
        *("https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://1.2.3.4./"),
        *("https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example", "https://a;b/", "https://a,b/"),
    ],
)
def test_no_other_address_is(address: str) -> None:
    assert refusal(target=address).path == "callback.webhook.target"


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("Header", "Authorization", "Bearer abc"),
        ("Header", "Cookie", "a=b"),
        ("Header", "X-Tenant", "north"),
        ("Query", "code", "7"),
        ("Query", "api_key", "7"),
        ("Query", "subscription-key", "7"),
        ("Query", "sessionId", "7"),
        ("Query", "k", "q9Zr4kL0pWm2Xy7TbC5d"),
        ("Body", "PIN", "0000"),
        ("Body", "clientSecret", "7"),
        ("Body", "note", "Bearer 7"),
        ("Body", "pass", "$vinegar"),
        ("Header", "X-Any", MASK),
    ],
)
def test_what_may_be_a_credential_is_shown_to_nobody(kind: str, key: str, value: str) -> None:
    given_one = attribute(kind, key, value) | {"more": 1}
    assert is_secret(given_one)
    assert masked(given_one) == {"type": kind, "key": key, "value": MASK, "more": 1}
    assert masked(masked(given_one)) == masked(given_one)


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("Header", "X-Vin", "$vin"),
        ("Header", "Authorization", "$ChannelId"),
        ("Header", "X-Empty", ""),
        ("Query", "fleet", "north"),
        ("Query", "token", "$callbackID"),
        ("Body", "shipping", "by the monkey of the author"),
        ("Body", "secret", "$RemoteStatus"),
        ("Query", "vin", "VF3ABCDE0FG123456"),
    ],
)
def test_a_variable_and_what_is_plainly_harmless_stay_as_they_are(kind: str, key: str, value: str) -> None:
    given_one = attribute(kind, key, value)
    assert not is_secret(given_one)
    assert masked(given_one) == given_one
