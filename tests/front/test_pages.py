"""Threads work on answers, and wait for no client: neither one that sends, nor one that reads."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fleetremote.front.readers import Gone
from fleetremote.front.threads import pages
from fleetremote.front.threads.pages import AT_ONCE, LONG, Pages
from fleetremote.front.threads.turns import Asker
from tests.front.connection import Connection

LINE = b"a" * 1023 + b"\n"


@pytest.fixture(autouse=True)
def all_are_of_one_whom_we_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who came first goes first then."""
    monkeypatch.setattr(pages, "asker_of", lambda scope: Asker(True, b"me"))


class Application:
    """WSGI: as many lines as the path says. Counts what is under way."""

    def __init__(self) -> None:
        self.closed = 0
        self.threads: set[str] = set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/csv"), ("X-Body", environ["wsgi.input"].read().decode())])
        self.threads.add(threading.current_thread().name)
        return self._lines(int(environ["PATH_INFO"].strip("/")))

    def _lines(self, count: int) -> Iterator[bytes]:
        try:
            for _ in range(count):
                yield LINE
        finally:
            self.closed += 1


class Connections:
    """Serves connections beside each other."""

    def __init__(self, threads: int = 2) -> None:
        self.application = Application()
        self.threads = threads

    def run(self, *connections: Connection, until: Callable[[], bool]) -> None:
        async def story() -> None:
            served = Pages(self.application, self.threads)
            tasks = [asyncio.create_task(connection.served_by(served)) for connection in connections]
            async with asyncio.timeout(10):
                while not until():
                    await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(story())


def get(path: str, **how: Any) -> Connection:
    return Connection(path, headers=[], **how)


def test_an_answer_is_as_the_application_gave_it() -> None:
    house, connection = Connections(), Connection("/3", [b"name=1"], headers=[(b"content-length", b"6")])
    house.run(connection, until=lambda: bool(connection.sent) and not connection.sent[-1].get("more_body", True))
    assert (connection.status, connection.headers) == (200, {"content-type": "text/csv", "x-body": "name=1"})
    assert connection.body == LINE * 3
    assert house.application.closed == 1


def test_a_long_answer_is_whole_and_made_piece_by_piece() -> None:
    house, connection = Connections(), get("/10000")
    house.run(connection, until=lambda: bool(connection.sent) and not connection.sent[-1].get("more_body", True))
    assert connection.body == LINE * 10000


def test_readers_that_are_stuck_hold_no_thread() -> None:
    house, stuck = Connections(threads=2), [get("/100", is_stuck=True) for _ in range(20)]
    honest = get("/1")
    house.run(*stuck, honest, until=lambda: honest.body == LINE)
    assert house.application.closed == 21


def test_long_answers_to_readers_that_are_stuck_make_place() -> None:
    house, stuck = Connections(threads=2), [get("/10000", is_stuck=True) for _ in range(LONG + 10)]
    honest, long = get("/1"), get("/10000")
    house.run(*stuck, honest, long, until=lambda: honest.body == LINE and len(long.body) == 10000 * len(LINE))
    # Those that waited longest have ended, and their generators with them.
    assert house.application.closed >= 12
    assert len(house.application.threads) <= 2 + LONG


def test_no_more_is_made_than_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    taken = pages._Answer.taken

    def look(answer: Any) -> Any:
        body, is_last = taken(answer)
        held.append(len(body))
        return body, is_last

    monkeypatch.setattr(pages._Answer, "taken", look)
    connection = get("/10000")
    Connections().run(connection, until=lambda: len(connection.body) == 10000 * len(LINE))
    assert max(held) <= AT_ONCE + len(LINE)


def test_what_goes_wrong_is_not_told_as_a_whole_answer() -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield LINE
        raise ZeroDivisionError

    connection = get("/")
    with pytest.raises(ZeroDivisionError):
        asyncio.run(connection.served_by(Pages(application, 1)))
    assert connection.sent == []


def test_one_that_has_ended_says_so() -> None:
    async def story() -> None:
        answer = pages._Answer(asyncio.get_running_loop())
        answer.end()
        with pytest.raises(Gone):
            answer.taken()

    asyncio.run(story())
