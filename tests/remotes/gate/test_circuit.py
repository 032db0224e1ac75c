"""When a gateway counts as down, and when our credentials as refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateways.answers.who import source
from gateways.bounded import Answer
from gateways.codes import BAD_CREDENTIALS, CERTIFICATE_REFUSED, CUT, TOKEN_REFUSED, TOO_LARGE
from gateways.interface import Exchange
from gateways.masking import Masking
from gateways.tokens import told
from gateways.words import words
from protocol.why import Why
from remotes.gate.circuit import (
    Seen,
    Sign,
    State,
    is_in_front,
    is_of_a_send,
    seen,
    tells_of_all,
    until_probe,
    verdict,
    why,
)
from remotes.words import codes

BASE = "https://cloud.example/connectedcar/v3"
GATEWAY = b'{"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not allowed."}'
REMOTES = f"{BASE}/fleets/f1/vehicles/v1/callbacks/c1/remotes?client_id=x"


def exchange(status: int | None, body: bytes = b"{}", url: str = REMOTES, method: str = "POST") -> Exchange:
    """As an observer is told of it when it is over."""
    over = Exchange(method, url, [], b"", duration=0.1, status=status, response_body=body)
    if status is None or (status < 300 and body[:1] != b"<"):
        return over
    answer = Answer(status, [], body)
    return replace(over, source=source(answer), said=words(answer, Masking()))


def outcomes(letters: str) -> list[Seen]:
    """Newest first; F a failure, A an answer, D forbidden, B blocked, R refused. Each is about another vehicle."""
    sorts = {"F": Sign.FAILED, "A": Sign.ANSWERED, "D": Sign.FORBIDDEN, "B": Sign.BLOCKED, "R": Sign.REFUSED}
    return [Seen(sorts[letter], f"v{number}") for number, letter in enumerate(letters)]


def test_a_token_that_is_refused_says_that_it_is_the_token_endpoint() -> None:
    body = b'{"error": "invalid_client", "error_description": "Who are you?"}'
    refused = told(exchange(401, body, "https://login.example/as/token.oauth2"))
    words = {"status": "401", "words": "invalid_client: Who are you?"}
    assert (seen(refused).outcome, why(refused)) == (Sign.REFUSED, Why(TOKEN_REFUSED, **words))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (202, b'{"remoteActionId": "a"}', Sign.ANSWERED),
        (204, b"", Sign.ANSWERED),
        (400, b'{"message": "no"}', Sign.ANSWERED),
        (404, b"{}", Sign.ANSWERED),
        (404, b"<html>", Sign.FAILED),
        (404, GATEWAY, Sign.FAILED),
        (413, b"<html>", Sign.FAILED),
        (429, b"<html>", Sign.ANSWERED),
        (None, b"", Sign.FAILED),
        (500, b"{}", Sign.FAILED),
        (502, b"<html>", Sign.FAILED),
        (200, b"<html>Maintenance</html>", Sign.FAILED),
        (302, b"", Sign.FAILED),
        (401, b"{}", Sign.REFUSED),
        (401, b"<html>", Sign.REFUSED),
        (403, b'{"code": 40399, "message": "no"}', Sign.FORBIDDEN),
        (403, b"{}", Sign.BLOCKED),
        (403, b"<html>", Sign.BLOCKED),
        (403, GATEWAY, Sign.REFUSED),
        (403, b'{"error": "invalid_token"}', Sign.REFUSED),
        (400, b'{"error": "invalid_grant"}', Sign.REFUSED),
        (400, b"<title>400 No required SSL certificate was sent</title>", Sign.REFUSED),
    ],
)
def test_what_an_answer_says_of_the_gateway(status: int | None, body: bytes, outcome: Sign) -> None:
    assert seen(exchange(status, body)) == Seen(outcome, "v1")


@pytest.mark.parametrize(("status", "outcome"), [(202, Sign.FAILED), (400, Sign.ANSWERED), (404, Sign.ANSWERED)])
def test_an_answer_that_is_too_large_or_cut_accepts_nothing_that_is_known_and_refuses_as_ever(
    status: int, outcome: Sign
) -> None:
    for code in (TOO_LARGE, CUT):
        large = replace(exchange(status), why=Why(code))
        assert seen(large).outcome is outcome
        if outcome is Sign.FAILED:
            assert why(large) == Why(codes.IS_UNREADABLE)


@pytest.mark.parametrize("code", [CERTIFICATE_REFUSED, BAD_CREDENTIALS])
def test_a_certificate_that_is_not_taken_is_about_us(code: str) -> None:
    cut = replace(exchange(None), why=Why(code))
    assert (seen(cut).outcome, why(cut)) == (Sign.REFUSED, Why(code))


MET = [
    (401, b'{"message": "Who?"}', Why(codes.REFUSES_SAYING, status=401, words="Who?"), False),
    (401, b"", Why(codes.REFUSES, status=401), False),
    (403, GATEWAY, Why(codes.IN_FRONT_SAYING, status=403, words="Forbidden: Not allowed."), True),
    (403, b"", Why(codes.IN_FRONT, status=403), True),
    (502, b"<h1>Bad Gateway</h1>", Why(codes.IN_FRONT_SAYING, status=502, words="Bad Gateway"), True),
    (500, b'{"error": "out of order"}', Why(codes.HAS_ERRORS_SAYING, status=500, words="out of order"), False),
    (503, b"", Why(codes.HAS_ERRORS, status=503), False),
    (200, b"<h1>Log in</h1>", Why(codes.IS_PAGE, words="Log in"), False),
]


@pytest.mark.parametrize(("status", "body", "met", "in_front"), MET)
def test_what_a_gateway_that_is_closed_has_met(status: int, body: bytes, met: Why, in_front: bool) -> None:
    found = why(exchange(status, body))
    assert (found, is_in_front(found)) == (met, in_front)


def test_who_may_not_list_the_fleets_may_do_nothing() -> None:
    assert seen(exchange(403, url=f"{BASE}/fleets?client_id=x", method="GET")).outcome is Sign.REFUSED


def test_a_sending_is_told_from_a_look_up() -> None:
    assert is_of_a_send(exchange(202))
    assert not is_of_a_send(exchange(200, method="GET"))
    assert not is_of_a_send(exchange(200, url=f"{BASE}/fleets/f1/remote/callbacks"))


API = b'{"code": 40399, "message": "no"}'


@pytest.mark.parametrize(
    ("path", "status", "body", "tells"),
    [
        ("/fleets/f1/vehicles/v1/status", 403, API, False),
        ("/fleets/f1/vehicles/v1", 403, API, False),
        ("/fleets/f1/vehicles/v1/status", 403, GATEWAY, True),
        ("/fleets/f1/vehicles/v1/status", 401, API, True),
        ("/fleets/f1/vehicles", 403, API, True),
        ("/fleets/f1/vehicles/v1/status", 404, b"<html>", True),
        *(
            ("/fleets/f1/status", status, body, False)
            for status in (403, 404, 405, 410, 501)
            for body in (API, b"<html>")
        ),
        ("/fleets/f1/status", 403, GATEWAY, False),
        ("/fleets/f1/status", 403, b'{"error": "invalid_token"}', True),
        ("/fleets/f1/status", 401, b"<html>", True),
        ("/fleets/f1/status", 502, b"<html>", True),
    ],
)
def test_what_is_read_and_may_be_refused_alone_tells_nothing_of_the_gateway(
    path: str, status: int, body: bytes, tells: bool
) -> None:
    assert tells_of_all(exchange(status, body, f"{BASE}{path}?client_id=x", "GET")) == tells


@pytest.mark.parametrize(
    ("newest_first", "state"),
    [
        ("", None),
        ("FFFF", None),
        ("FFFFF", State.DOWN),
        ("FFFFFA", State.DOWN),
        ("AFFFFF", None),
        ("FFAFFFFF", None),
        ("FFFFA" * 4, State.DOWN),
        ("FFFAA" * 4, None),
        ("R", None),
        ("RA", None),
        ("RAR", None),
        ("RR", State.REFUSED),
        ("RRA", State.REFUSED),
        ("ARR", None),
        ("DD", None),
        ("DDD", State.REFUSED),
        ("DADD", None),
        ("BB", None),
        ("BBB", State.REFUSED),
        ("BRB", State.REFUSED),
        ("BAB", None),
        ("ABBB", None),
    ],
)
def test_verdict(newest_first: str, state: State | None) -> None:
    assert verdict(outcomes(newest_first)) == state


def test_one_vehicle_alone_closes_nothing() -> None:
    assert verdict([Seen(Sign.FAILED, "v1")] * 20) is None
    assert verdict([Seen(Sign.FORBIDDEN, "v1")] * 20) is None
    assert verdict([Seen(Sign.BLOCKED, "v1")] * 20) is None
    assert verdict([Seen(Sign.BLOCKED, "v1")] * 2 + outcomes("B")) == State.REFUSED
    assert verdict([Seen(Sign.FAILED, "v1")] * 4 + outcomes("FFF")) == State.DOWN


def test_probes_go_ever_more_seldom() -> None:
    def seconds(state: State, lasted: float) -> float:
        return until_probe(state, timedelta(seconds=lasted)).total_seconds()

    assert [seconds(State.DOWN, lasted) for lasted in (0, 5, 10, 20, 40, 80, 160, 9999)] == [
        *(5, 5, 10, 20, 40, 80, 120, 120)
    ]
    assert [seconds(State.REFUSED, lasted) for lasted in (0, 10, 160, 9999)] == [5, 10, 160, 600]
