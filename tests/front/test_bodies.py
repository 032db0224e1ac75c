"""Bodies are read so far, so fast and in so much memory; what goes beyond gets words in the shape of its address."""

import asyncio
import json
import re
from typing import Any

import pytest

from fleetremote.front import bodies
from fleetremote.front.limits import ANYBODY, PERSON
from fleetremote.front.refusals import Refused
from fleetremote.front.tries import wrong
from tests.front.connection import Connection, Served
from tests.long_form import LONG

ENTRANCE = "/login"
V3 = "/connectedcar/v3/fleets"


def serve(*connections: Connection) -> Served:
    served = Served()

    async def all_of_them() -> None:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for connection in connections:
                group.create_task(connection.served_by(served))

    asyncio.run(all_of_them())
    return served


def length(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(size).encode())]


def test_a_body_in_pieces_reaches_whoever_answers_as_one() -> None:
    connection = Connection(ENTRANCE, [b"a", b"b" * 1000, b""])
    assert serve(connection).bodies == [b"a" + b"b" * 1000]
    assert (connection.status, bodies.STRANGERS.held) == (200, 0)


def test_without_a_body_nothing_is_read() -> None:
    connection = Connection(ENTRANCE, headers=[(b"content-length", b"0")], is_whole=False)
    assert serve(connection).bodies == [b""]


@pytest.mark.parametrize("told", [b"-1", b"x", b"\xb2", b"9" * 5000], ids=["-1", "x", "2", "9…"])
def test_a_length_that_is_none_is_no_reason_to_fail(told: bytes) -> None:
    connection = Connection(ENTRANCE, [b"a"], headers=[(b"content-length", told)])
    assert serve(connection).bodies == [b"a"]


def test_as_much_as_is_taken_of_anybody() -> None:
    connection = Connection(ENTRANCE, [b"a" * ANYBODY])
    assert serve(connection).bodies == [b"a" * ANYBODY]


@pytest.mark.parametrize(("path", "most"), [(ENTRANCE, ANYBODY), ("/as/token.oauth2", ANYBODY), ("/fleets/x", PERSON)])
def test_what_says_that_it_is_too_large_is_refused_before_it_is_read(path: str, most: int) -> None:
    connection = Connection(path, [b""], headers=length(most + 1))
    assert serve(connection).bodies == []
    assert connection.status == 413
    assert connection.headers["connection"] == "close"


def test_what_gets_too_large_is_refused_as_soon_as_it_is() -> None:
    connection = Connection(ENTRANCE, [b"a" * ANYBODY, b"b", *[b"c" * ANYBODY] * 1000])
    assert serve(connection).bodies == []
    assert connection.status == 413
    # Thrown away, so that who still writes gets to read why; but not for ever.
    assert connection.read <= 18 * 1024 * 1024


def test_words_are_in_the_shape_of_the_address() -> None:
    asked = [Connection(path, [b""], headers=length(10**9)) for path in (V3, "/api/connectedcar/v1/x", "/as/x", "/x")]
    serve(*asked)
    v3, v1, oauth, page = asked
    assert json.loads(v3.body)["code"] == 41399
    assert json.loads(v1.body)["name"] == "REQUEST_ENTITY_TOO_LARGE"
    assert json.loads(oauth.body)["error"] == "invalid_request"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert re.search(r"At most [\d.]+\s[KM]B are taken here", page.body.decode())


def test_a_page_speaks_the_language_of_its_reader() -> None:
    connection = Connection("/x", [b""], headers=[*length(10**9), (b"accept-language", b"fr")])
    serve(connection)
    assert 'lang="fr"' in connection.body.decode()
    assert "5,0\xa0Mio au plus sont acceptés ici." in connection.body.decode()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)


@pytest.mark.usefixtures("hasty")
def test_what_does_not_come_is_waited_for_so_long() -> None:
    connection = Connection(V3, [b"a"], headers=length(100), is_whole=False)
    assert serve(connection).bodies == []
    assert (connection.status, json.loads(connection.body)["code"]) == (408, 40899)


@pytest.mark.usefixtures("hasty")
def test_what_comes_earns_time_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST", 0.5)
    connection = Connection(ENTRANCE, [b"a" * 60_000], headers=length(60_001), is_whole=False)
    serve(connection)
    assert connection.status == 408


@pytest.mark.usefixtures("hasty")
def test_a_sender_who_is_known_is_waited_for_longer() -> None:
    """A notification comes again over the same slow line: refused once, it would be refused for ever."""
    pieces = [b"b", b"a"]

    async def receive() -> Any:
        await asyncio.sleep(0.15)
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def read(*, is_proved: bool) -> bytes:
        body = bodies.Body(receive, bodies.UPSTREAM, "sender", is_proved=is_proved)
        with body.share:
            return await body.whole({"headers": []}, 100)

    assert asyncio.run(read(is_proved=True)) == b"ab"
    pieces[:] = [b"b", b"a"]
    with pytest.raises(Refused):
        asyncio.run(read(is_proved=False))


def test_many_tiny_pieces_are_too_much_work() -> None:
    connection = Connection(ENTRANCE, [b"a"] * 50_000)
    serve(connection)
    assert connection.status == 400
    assert connection.read < 5000


def test_when_memory_is_full_the_largest_go_and_small_ones_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies.STRANGERS, "most", 200_000)
    stuck = [Connection(V3, [b"a" * 60_000], headers=length(60_001), is_whole=False) for _ in range(5)]
    small = Connection(V3, [b"b" * 100])
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    monkeypatch.setattr(bodies, "LEAST_RATE", 10**9)
    assert serve(*stuck, small).bodies == [b"b" * 100]
    statuses = sorted(connection.status for connection in stuck)
    # Three fit in; those that had to go come again.
    assert statuses == [408, 408, 408, 503, 503]
    refused = next(connection for connection in stuck if connection.status == 503)
    assert refused.headers["retry-after"] == "5"
    assert bodies.STRANGERS.held == 0


def test_many_small_ones_of_an_address_make_place_for_larger_ones_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each is counted for itself, a thousand that hold 1 KB have all refused that send more."""
    monkeypatch.setattr(bodies.STRANGERS, "most", 20_000)
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    stuck = [Connection(V3, [b"a" * 1000], headers=length(1001), is_whole=False) for _ in range(20)]
    for connection in stuck:
        connection.scope["client"] = ("203.0.113.9", 1)
    other = Connection(V3, [b"b" * 5000])
    other.scope["client"] = ("203.0.113.10", 1)
    assert serve(*stuck, other).bodies == [b"b" * 5000]


def test_strangers_have_nobody_refused_who_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong, "KNOWN", wrong.Known())
    wrong.KNOWN.add(b"Basic right")
    monkeypatch.setattr(bodies.STRANGERS, "most", 20_000)
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    stuck = [Connection(V3, [b"a" * 1000], headers=length(1001), is_whole=False) for _ in range(20)]
    known = Connection(V3, [b"b" * 5000], headers=[*length(5000), (b"authorization", b"Basic right")])
    stranger = Connection(V3, [b"c" * 5000], headers=[*length(5000), (b"authorization", b"Basic wrong")])
    assert serve(*stuck, known, stranger).bodies == [b"b" * 5000]
    assert (stranger.status, bodies.KNOWN.held) == (503, 0)


def test_whoever_has_gone_costs_nothing() -> None:
    connection = Connection(V3, [], is_whole=False)
    gone: list[Any] = [{"type": "http.disconnect"}]

    async def receive() -> Any:
        return gone.pop()

    connection.receive = receive  # type: ignore[method-assign]
    assert serve(connection).bodies == []
    assert (connection.sent, bodies.STRANGERS.held) == ([], 0)


@pytest.mark.skipif(not LONG, reason="the rate is what the bounds say; it lasts as long as they do")
def test_whoever_sends_as_slowly_as_is_allowed_is_served() -> None:
    connection = Connection(ENTRANCE, [], is_whole=False)
    pieces = [b"a" * bodies.LEAST_RATE] * 4

    async def receive() -> Any:
        await asyncio.sleep(3)
        piece = pieces.pop()
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    connection.receive = receive  # type: ignore[method-assign]
    assert len(serve(connection).bodies) == 1
