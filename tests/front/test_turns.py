"""Threads go to whom we know and whom we don't in alternation, and to each asker in turn."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from fleetremote.front.leaving import Leaving
from fleetremote.front.refusals import Left
from fleetremote.front.threads import pages, turns
from fleetremote.front.threads.environ import environ_of
from fleetremote.front.threads.turns import Asker, Turns, asker_of
from fleetremote.front.tries import wrong
from fleetremote.wsgi import IS_LOGGED_IN, Utf8Request, application
from tests.front.connection import Connection

THREADS = 4
ME, OTHER = Asker(True, b"me"), Asker(True, b"other")
CROWD, ANYBODY = Asker(False, "203.0.113.9"), Asker(False, "203.0.113.10")


class House:
    """Says whose turns have begun, and ends them one by one."""

    def __init__(self) -> None:
        self.turns = Turns(THREADS)
        self.begun: list[str] = []
        self.left: dict[str, Connection] = {}
        self._ends: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, asker: Asker, *names: str) -> None:
        for name in names:
            self.left[name] = Connection("/")
            self.tasks.append(asyncio.create_task(self._work(asker, name)))
        await settled()

    async def _work(self, asker: Asker, name: str) -> None:
        async with self.turns.turn(asker, Leaving(self.left[name].receive)):
            self.begun.append(name)
            self._ends.append(end := asyncio.Event())
            await end.wait()

    async def end_one(self) -> None:
        """The one that began first."""
        self._ends.pop(0).set()
        await settled()

    async def leave(self) -> None:
        """All of them."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def run(story: Callable[[House], Awaitable[None]]) -> list[str]:
    """The names of those that had a turn; afterwards all turns must be there again."""

    async def within() -> list[str]:
        house = House()
        await story(house)
        begun, house.begun = house.begun, []
        await house.leave()
        await house.come(ME, *"abcd")
        assert house.begun == list("abcd")
        await house.leave()
        return begun

    return asyncio.run(within())


def test_those_we_do_not_know_leave_half() -> None:
    async def story(house: House) -> None:
        await house.come(CROWD, "1", "2", "3", "4")
        await house.come(ME, "me", "and me", "me too late")

    assert run(story) == ["1", "2", "me", "and me"]


def test_one_whom_we_know_does_not_wait_for_all_of_another() -> None:
    async def story(house: House) -> None:
        await house.come(OTHER, *"12345678")
        await house.come(ME, "me")
        for _ in range(2):
            await house.end_one()

    assert run(story) == ["1", "2", "3", "4", "5", "me"]


def test_kinds_alternate() -> None:
    async def story(house: House) -> None:
        await house.come(ME, *"1234")
        await house.come(OTHER, *"5678")
        await house.come(CROWD, "a")
        for _ in range(2):
            await house.end_one()

    assert "a" in run(story)


def test_a_newcomer_waits_neither_for_the_crowd_of_another_address_nor_for_that_of_its_own() -> None:
    async def story(house: House) -> None:
        await house.come(CROWD, *"12345678")
        await house.come(ANYBODY, "other address")
        await house.come(CROWD, "same address")
        for _ in range(2):
            await house.end_one()

    assert set(run(story)) == {"1", "2", "same address", "other address"}


def test_whoever_waits_patiently_among_many_who_come_later_has_a_turn() -> None:
    async def story(house: House) -> None:
        await house.come(CROWD, "1", "2", "patient", *"345678")
        for number in range(2):
            await house.come(CROWD, f"later {number}")
            await house.end_one()

    assert "patient" in run(story)


def test_who_has_left_is_passed_over_and_waits_no_longer() -> None:
    async def story(house: House) -> None:
        await house.come(ME, *"1234", "is cancelled", "leaves", "stays")
        house.tasks[4].cancel()
        house.left["leaves"].has_left.set()
        await settled()
        assert isinstance(house.tasks[5].exception(), Left)
        await house.end_one()

    assert run(story) == ["1", "2", "3", "4", "stays"]


def test_no_thread_works_for_those_who_asked_and_went() -> None:
    """As many as like to: each would fill the line for all others, and be kept in memory until then."""
    is_open, asked = threading.Event(), list[str]()

    def shop(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        asked.append(environ["PATH_INFO"])
        is_open.wait(10)
        start_response("200 OK", [])
        yield b"page"

    async def story() -> None:
        served = pages.Pages(shop, 2)
        first, *gone = (Connection("/first", headers=[]), *(Connection("/gone", headers=[]) for _ in range(100)))
        async with asyncio.timeout(10):
            working = asyncio.create_task(first.served_by(served))
            waiting = [asyncio.create_task(connection.served_by(served)) for connection in gone]
            await settled()
            for connection in gone:
                connection.has_left.set()
            await asyncio.gather(*waiting)
            is_open.set()
            await working
        assert first.body == b"page"

    asyncio.run(story())
    assert asked == ["/first"]


@pytest.fixture(autouse=True)
def nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong, "KNOWN", wrong.Known())
    monkeypatch.setattr(turns, "SESSIONS", wrong.Known())


def test_who_shows_what_was_right_is_known_and_who_shows_anything_else_is_an_address() -> None:
    scope = {"client": ("203.0.113.9", 1), "headers": [(b"authorization", b"Basic x"), (b"cookie", b"a=1")]}
    assert asker_of(scope) == CROWD
    wrong.KNOWN.add(b"Basic x")
    assert asker_of(scope) == Asker(True, b"Basic x")
    scope["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"sessionid=abc")]
    assert asker_of(scope) == CROWD
    turns.SESSIONS.add(b"abc")
    assert asker_of(scope) == Asker(True, b"abc")


@pytest.mark.parametrize("is_logged_in", [True, False])
def test_a_session_is_known_once_a_page_has_found_somebody_logged_in(is_logged_in: bool) -> None:
    def shop(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        environ[IS_LOGGED_IN] = is_logged_in
        start_response("200 OK", [])
        yield b"page"

    connection = Connection("/", headers=[(b"cookie", b"sessionid=abc")])
    asyncio.run(connection.served_by(pages.Pages(shop, 1)))
    assert connection.body == b"page"
    assert turns.SESSIONS.has(b"abc") == is_logged_in


@pytest.mark.django_db
def test_django_says_who_is_logged_in(django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create_user("somebody"))
    cookies = [(b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode())]
    for headers, expected in ((cookies, True), ([], False)):
        environ = environ_of({**Connection("/", headers=headers).scope, "method": "GET"}, b"")
        application.get_response(Utf8Request(environ))
        assert environ[IS_LOGGED_IN] == expected
