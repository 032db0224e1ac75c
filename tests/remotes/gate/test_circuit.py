"""When a gateway counts as down, and when our credentials as refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateways.codes import CUT, TOO_LARGE
from gateways.interface import Exchange
from protocol.why import Why
from remotes.gate.circuit import Seen, Sign, State, is_of_a_send, seen, until_probe, verdict, why
from remotes.words import codes

BASE = "https://cloud.example/connectedcar/v3"
REMOTES = f"{BASE}/fleets/f1/vehicles/v1/callbacks/c1/remotes?client_id=x"


def exchange(status: int | None, body: bytes = b"{}", url: str = REMOTES, method: str = "POST") -> Exchange:
    return Exchange(method, url, [], b"", duration=0.1, status=status, response_body=body)


def outcomes(letters: str) -> list[Seen]:
    """Newest first; F a failure, A an answer, D forbidden, R refused. Each is about another vehicle."""
    sorts = {"F": Sign.FAILED, "A": Sign.ANSWERED, "D": Sign.FORBIDDEN, "R": Sign.REFUSED}
    return [Seen(sorts[letter], f"v{number}") for number, letter in enumerate(letters)]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (202, b'{"remoteActionId": "a"}', Sign.ANSWERED),
        (204, b"", Sign.ANSWERED),
        (400, b'{"message": "no"}', Sign.ANSWERED),
        (404, b"{}", Sign.ANSWERED),
        (429, b"<html>", Sign.ANSWERED),
        (None, b"", Sign.FAILED),
        (500, b"{}", Sign.FAILED),
        (502, b"<html>", Sign.FAILED),
        (200, b"<html>Maintenance</html>", Sign.FAILED),
        (302, b"", Sign.FAILED),
        (401, b"{}", Sign.REFUSED),
        (403, b"{}", Sign.FORBIDDEN),
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


def test_who_may_not_list_the_fleets_may_do_nothing() -> None:
    assert seen(exchange(403, url=f"{BASE}/fleets?client_id=x", method="GET")).outcome is Sign.REFUSED


def test_a_sending_is_told_from_a_look_up() -> None:
    assert is_of_a_send(exchange(202))
    assert not is_of_a_send(exchange(200, method="GET"))
    assert not is_of_a_send(exchange(200, url=f"{BASE}/fleets/f1/remote/callbacks"))


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
    ],
)
def test_verdict(newest_first: str, state: State | None) -> None:
    assert verdict(outcomes(newest_first)) == state


def test_one_vehicle_alone_closes_nothing() -> None:
    assert verdict([Seen(Sign.FAILED, "v1")] * 20) is None
    assert verdict([Seen(Sign.FORBIDDEN, "v1")] * 20) is None
    assert verdict([Seen(Sign.FAILED, "v1")] * 4 + outcomes("FFF")) == State.DOWN


def test_probes_go_ever_more_seldom() -> None:
    def seconds(state: State, lasted: float) -> float:
        return until_probe(state, timedelta(seconds=lasted)).total_seconds()

    assert [seconds(State.DOWN, lasted) for lasted in (0, 5, 10, 20, 40, 80, 160, 9999)] == [
        *(5, 5, 10, 20, 40, 80, 120, 120)
    ]
    assert [seconds(State.REFUSED, lasted) for lasted in (0, 10, 160, 9999)] == [5, 10, 160, 600]
