"""What an answer comes to: whatever is answered, it is one of a few ends, in upstream's words and without a secret."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.answers.outcome import document
from gateways.bounded import Answer
from gateways.interface import Exchange, GatewayError, NotAccepted, OutcomeUnknown, Refused, Source
from gateways.masking import Masking
from gateways.v3 import V3Client

from .conftest import PASSWORD, UNLOCK, Cloud
from .test_words import JUNK, SECRET

NOT_FOUND = b"<html><head><title>404 Not Found</title></head></html>"
GONE = b'{"code": 40499, "uuid": "u", "message": "No such thing.", "timestamp": "t"}'
READINGS: list[Callable[[V3Client], Any]] = [
    lambda client: client.read_action("f", "v", "c", "a"),
    lambda client: client.read_callback("f", "c"),
]


def post(client: V3Client) -> str:
    return client.send(client.prepare("f", "v", "c", UNLOCK))


SENDINGS: list[tuple[int, Any, dict[str, str], type[GatewayError], Source | None, str]] = [
    (
        403,
        {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not allowed by the gateway."},
        {},
        Refused,
        Source.GATEWAY,
        "Forbidden: Not allowed by the gateway.",
    ),
    (
        401,
        {"httpCode": "401", "httpMessage": "Unauthorized", "moreInformation": "Invalid client id or secret."},
        {},
        Refused,
        Source.CREDENTIALS,
        "Unauthorized: Invalid client id or secret.",
    ),
    (
        400,
        {"error": "invalid_grant", "error_description": "The grant is revoked."},
        {},
        Refused,
        Source.CREDENTIALS,
        "invalid_grant: The grant is revoked.",
    ),
    (400, {"errors": {"400": "BAD REQUEST"}}, {}, Refused, Source.API, "BAD REQUEST"),
    (404, NOT_FOUND, {}, Refused, Source.GATEWAY, "404 Not Found"),
    (404, GONE, {}, Refused, Source.API, "No such thing."),
    (
        500,
        {"response": None, "error": "vehicle is offline or asleep", "error_description": ""},
        {},
        OutcomeUnknown,
        None,
        "The manufacturer's cloud answered HTTP 500: “vehicle is offline or asleep”.",
    ),
    (
        502,
        b"<html><body><h1>Bad Gateway</h1></body></html>",
        {},
        OutcomeUnknown,
        None,
        "The manufacturer's cloud answered HTTP 502: “Bad Gateway”.",
    ),
    (
        302,
        b"<h1>Found</h1>",
        {"Location": "https://u:p@sso.example/login?state=abc"},
        OutcomeUnknown,
        None,
        "The manufacturer's cloud answered HTTP 302, which leads to https://sso.example/login.",
    ),
    (302, b"", {}, OutcomeUnknown, None, "The manufacturer's cloud answered HTTP 302."),
    (499, b"", {}, OutcomeUnknown, None, "The manufacturer's cloud answered HTTP 499."),
    (
        200,
        b"<title>Log in</title>",
        {},
        OutcomeUnknown,
        None,
        "A page came in place of an answer of the manufacturer's cloud: “Log in”.",
    ),
    (200, b"[1]", {}, OutcomeUnknown, None, "The manufacturer's cloud gave an answer that can't be read."),
    (429, b"<p>Slow down</p>", {}, NotAccepted, None, "The manufacturer's cloud asks us to slow down: Slow down"),
]


@pytest.mark.parametrize(("status", "body", "headers", "end", "who", "said"), SENDINGS)
def test_a_sending_ends_by_who_has_answered_and_in_their_words(
    cloud: Cloud,
    client: V3Client,
    status: int,
    body: Any,
    headers: dict[str, str],
    end: type[GatewayError],
    who: Source | None,
    said: str,
) -> None:
    cloud.status, cloud.headers = status, headers
    cloud.body = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(GatewayError) as caught:
        post(client)
    assert (type(caught.value), str(caught.value)) == (end, said)
    assert getattr(caught.value, "source", None) is who


@pytest.mark.parametrize("reading", READINGS)
def test_only_the_api_itself_says_that_something_is_gone(
    cloud: Cloud, client: V3Client, reading: Callable[[V3Client], Any]
) -> None:
    cloud.status, cloud.body = 404, GONE
    assert reading(client) is None
    for body in (NOT_FOUND, b"", b"{}", b'{"message": "Not Found"}', b'{"httpCode": "404", "httpMessage": "No route"}'):
        cloud.body = body
        with pytest.raises(OutcomeUnknown, match="HTTP 404"):
            reading(client)


def test_who_watches_is_told_who_has_answered_and_what(cloud: Cloud, client: V3Client) -> None:
    told: list[Exchange] = []
    watched = client.observed_by(told.append)
    hidden = PASSWORD.replace("o", "&#111;")
    cloud.status, cloud.body = 403, f"<h1>Blocked</h1><p>{hidden}</p>".encode()
    with pytest.raises(Refused):
        post(watched)
    assert (told[-1].source, told[-1].said) == (Source.GATEWAY, "Blocked ***")
    cloud.status, cloud.body = 202, b'{"remoteActionId": "a1"}'
    post(watched)
    assert (told[-1].source, told[-1].said) == (None, "")


@given(JUNK, st.integers(200, 599), st.text(max_size=40))
def test_whatever_is_answered_comes_to_one_of_a_few_ends(content: bytes, status: int, header: str) -> None:
    headers = [(name, header) for name in ("Content-Type", "Location", "Retry-After", "WWW-Authenticate")]
    ended: GatewayError | None = None
    try:
        document(Answer(status, headers, content), Masking([SECRET]))
    except GatewayError as error:
        ended = error
    assert SECRET not in str(ended)
    assert ended is not None or 200 <= status < 300
