"""The words of whoever answered are kept as they came, in whatever form; they are short, quick and hold no secret."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.answers.shapes import read
from gateways.answers.who import source
from gateways.bounded import Answer
from gateways.masking import Masking
from gateways.words import LONGEST, where, words

SECRET = "correct horse"
MASKING = Masking([SECRET, "3f1c-client"])


def said(body: Any, status: int = 400, **headers: str) -> str:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return words(answer(content, status, **headers), MASKING)


def answer(content: bytes, status: int = 400, **headers: str) -> Answer:
    return Answer(status, [(name.replace("_", "-"), value) for name, value in headers.items()], content)


DOCUMENTS = [
    ({"code": 40399, "uuid": "u", "message": "No such service.", "timestamp": "t"}, "No such service."),
    ({"name": "BAD_REQUEST", "debug": "ERROR_1", "message": "Invalid data."}, "BAD_REQUEST: Invalid data."),
    ({"xError": {"name": "GONE", "debug": "ERROR_1", "message": "Sold."}}, "GONE: Sold."),
    (
        {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not allowed by the gateway."},
        "Forbidden: Not allowed by the gateway.",
    ),
    ({"httpCode": "502", "httpMessage": "Bad Gateway", "moreInformation": ""}, "Bad Gateway"),
    (
        {"error": "invalid_grant", "error_description": "The grant is revoked."},
        "invalid_grant: The grant is revoked.",
    ),
    (
        {"response": None, "error": "vehicle is offline or asleep", "error_description": ""},
        "vehicle is offline or asleep",
    ),
    ({"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "Not you."}, "Forbidden: Not you."),
    ({"title": "Forbidden", "detail": "Forbidden for this vehicle"}, "Forbidden for this vehicle"),
    ({"error": {"code": 17, "message": "Wrapped."}}, "Wrapped."),
    ({"errors": [{"message": "One."}, {"message": "Two."}]}, "One.: Two."),
    ([{"message": "In a list."}], "In a list."),
    ({"errors": {"400": "BAD REQUEST"}}, "BAD REQUEST"),
    ({"errors": {"door.state": ["is not known"]}}, "is not known"),
    ({"fault": {"faultstring": "Invalid ApiKey"}}, "Invalid ApiKey"),
    ({"message": {"en": "Translated."}}, "Translated."),
    ({"message": "<html><body><h1>In HTML</h1></body></html>"}, "In HTML"),
    ({"message": "Sold \ud83d\0."}, "Sold ."),
    ({"outcome": "no"}, '{"outcome": "no"}'),
    ({"messages": [{"message": "One."}, {"text": "Two."}]}, "One.: Two."),
    ({"Fault": {"Code": 17, "FaultString": "In capitals."}}, "In capitals."),
    ({"fault": {"faultstring": "Bad", "detail": {"errorcode": "steps.json.Bad"}}}, "steps.json.Bad"),
    ({"errorCode": "E17", "errorSummary": "Summed up."}, "Summed up."),
    ({"Error-Message": "With a hyphen."}, "With a hyphen."),
    ({"detail": [{"loc": ["body", "door"], "msg": "is required"}]}, "is required"),
    ({"status": {"message": "Of the status."}}, "Of the status."),
    ({"meta": {"error": "deep", "error_detail": "Said there."}}, "deep: Said there."),
    ({"_embedded": {"errors": [{"message": "In HAL."}]}}, "In HAL."),
    ({"message": "Said.", "meta": {"request": "a1"}}, "Said."),
    ({"error": {"code": "E17", "message": ""}}, "E17"),
    ({"code": 50000, "message": " "}, '{"code": 50000, "message": " "}'),
    ({"message": "Gone <b>for good</b><script>alert(1)</script>"}, "Gone for good"),
    ({"message": "No vehicle <unknown> where a<b."}, "No vehicle <unknown> where a<b."),
    ('"A text in quotes."', "A text in quotes."),
    ("Not <i>now</i>.", "Not now."),
    ("<Fault><Text>Is &lt;b&gt;gone&lt;/b&gt;</Text></Fault>", "Is gone"),
    (
        '<?xml version="1.0"?><s:Envelope><s:Body><s:Fault><faultcode>s:Server</faultcode>'
        "<faultstring>No such VIN</faultstring></s:Fault></s:Body></s:Envelope>",
        "s:Server No such VIN",
    ),
    ({}, ""),
    ([], ""),
    (
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
        "502 Bad Gateway: nginx",
    ),
    ("<HTML><SCRIPT>x('<b>')</SCRIPT><STYLE>p{}</STYLE><BODY>R&eacute;f&#46;<!-- no --> 1 < 2</BODY>", "Réf. 1 < 2"),
    ("<p>Se<b>rv</b>ice</p><p>is down</p>", "Service is down"),
    ('<?xml version="1.0"?><Fault><faultstring>No route</faultstring></Fault>', "No route"),
    ("upstream connect error\r\n or disconnect", "upstream connect error or disconnect"),
    ("", ""),
]


@pytest.mark.parametrize(("body", "told"), DOCUMENTS, ids=[str(told) or "nothing" for _, told in DOCUMENTS])
def test_the_words_are_kept_in_every_form(body: Any, told: str) -> None:
    assert said(body) == told


def test_type_and_charset_are_believed_only_where_they_can_be_true() -> None:
    assert said("été".encode(), content_type="text/plain; charset=iso-8859-1") == "été"
    assert said("été".encode("latin-1"), content_type="text/plain; charset=utf-8") == "été"
    assert said("ёлка".encode("koi8-r"), content_type="text/html; charset=koi8-r") == "ёлка"
    assert said('<meta charset="windows-1251"><p>ёлка'.encode("cp1251")) == "ёлка"
    for charset in ("utf-16", "utf-16-be", "utf-32-le", "utf-8-sig", "latin-1"):
        body = json.dumps({"message": "été"}, ensure_ascii=False).encode(charset)
        assert said(body, content_type="text/html; charset=rot13") == "été", charset
    assert said(b"\x89PNG\r\n" + bytes(range(256))) == ""


def test_an_empty_refusal_may_say_why_in_its_header() -> None:
    challenge = 'Bearer realm="x", error="invalid_token", error_description="The token expired"'
    assert said(b"", 401, WWW_Authenticate=challenge) == "invalid_token: The token expired"
    assert said(b"", 401, WWW_Authenticate='Basic realm="cloud"') == ""


PLACES = [
    (f"https://u:{SECRET}@sso.example:8443/login?token=abc#x", "https://sso.example:8443/login"),
    ("/login?SAMLRequest=abc", "/login"),
    ("//elsewhere/x", "//elsewhere/x"),
    (f"/of/{SECRET}", "/of/***"),
    ("http://[bad", ""),
    ("", ""),
]


@pytest.mark.parametrize(("location", "told"), PLACES)
def test_a_redirect_says_where_to_and_nothing_secret(location: str, told: str) -> None:
    assert where(answer(b"", 302, Location=location), MASKING) == told


HIDDEN = [
    {"message": f"Got {SECRET}"},
    {"message": "Got corr\u200bect \0horse"},
    {"errors": {"password": "other secret", "why": f"{SECRET}"}},
    {"seen": SECRET, "token": "other secret"},
    "<p>corr<b></b>ect&nbsp;h&#111;rse, password=other+secret",
    f"<title>{SECRET}</title>",
    "x" * 290 + SECRET,
    (SECRET + " ") * 400,
    "x" * (LONGEST + 2 * 1024 - 6) + SECRET,
    '{"message": "' + SECRET * 80 + "x" * 1000 + SECRET + '"}',
    '{"access_token": "other secret", "mess',
]


@pytest.mark.parametrize("body", HIDDEN, ids=range(len(HIDDEN)))
def test_no_secret_is_left_in_them(body: Any) -> None:
    told = said(body)
    assert not any(part in told for part in ("correct", "horse", "corr", "other")), told


HOSTILE = [
    *("<", "<!--", "<script>", "<SCRIPT></SCRIPT>", "<b ", "<title", "</", "<p>", "&#", "&amp;", "[", '{"a":'),
    *("a ", "\u202e", "\0", "\\u0000", "\\", "charset=", "İ<p>", SECRET),
]


@pytest.mark.parametrize("start", ["", "<p>", '{"message": "'])
@pytest.mark.parametrize("part", HOSTILE)
def test_two_megabytes_of_anything_cost_little(start: str, part: str) -> None:
    content = start.encode() + part.encode() * (2 * 1024 * 1024 // len(part.encode()))
    began = time.process_time()
    assert len(words(answer(content), MASKING)) <= LONGEST
    source(answer(content))
    assert time.process_time() - began < 0.5


JUNK = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=300).map(str.encode),
    st.lists(st.sampled_from([*HOSTILE, ">", "</script>", "-->", "x", '"', "message", ":", "}"]), max_size=40).map(
        lambda parts: "".join(parts).encode()
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(SECRET),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["message", "error", "errors", "detail", "title", "x"]), inner, max_size=4
            )
        ),
    ).map(lambda document: json.dumps(document).encode()),
)
TYPES = st.one_of(
    st.text(max_size=40), st.sampled_from(["text/html; charset=punycode", "x; charset=utf-16", "charset="])
)


@given(JUNK, TYPES, st.integers(100, 599))
def test_nothing_that_anybody_answers_raises_or_leaks(content: bytes, kind: str, status: int) -> None:
    junk = Answer(status, [("Content-Type", kind), ("Location", kind), ("WWW-Authenticate", kind)], content)
    told = words(junk, MASKING)
    assert len(told) <= LONGEST
    assert SECRET not in told
    assert told == " ".join(told.split())
    told.encode()
    where(junk, MASKING)
    source(junk)
    read(junk.headers, content)
