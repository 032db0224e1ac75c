"""Wrong secrets are answered late, by address; right ones at once, whoever fails beside them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from fleetremote.front.tries import slowing, wrong
from fleetremote.front.tries.slowing import WAITING_OF_ONE, Slowed

WRONG = 401
HOOK = "/webhook/a/b"
API = "/connectedcar/v3/fleets"


@dataclass
class Door:
    """An application that answers as it is told, behind what slows it, and a clock that moves only by waiting."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)
    # Who waits stays there until this is set.
    go_on: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.slowed = Slowed(self._answer, wrong.Tries())

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": scope["status"], "headers": []})
        await send({"type": "http.response.body", "body": b"told"})

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.go_on is not None:
            await self.go_on.wait()

    async def ask(
        self,
        status: int = WRONG,
        path: str = HOOK,
        peer: str = "203.0.113.9",
        shown: bytes = b"Basic x",
        method: str = "",
    ) -> tuple[int, dict[str, str], bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"authorization", shown)] if shown else []
        method = method or ("POST" if path == HOOK else "GET")
        about = {"path": path, "client": (peer, 1), "headers": headers, "query_string": b"", "method": method}
        await self.slowed({"type": "http", "status": status, **about}, None, send)  # type: ignore[arg-type]
        named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], named, b"".join(message.get("body", b"") for message in sent)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    made = Door()
    monkeypatch.setattr(slowing, "sleep", made.sleep)
    monkeypatch.setattr(wrong, "monotonic", lambda: made.now)
    monkeypatch.setattr(wrong, "KNOWN", wrong.Known())
    return made


def run(story: Callable[[], Awaitable[None]]) -> None:
    async_to_sync(story)()


def test_the_first_ones_cost_nothing_and_then_each_more_than_the_one_before(door: Door) -> None:
    async def story() -> None:
        answers = [await door.ask() for _ in range(wrong.FREE)]
        assert door.waits == []
        answers += [await door.ask() for _ in range(1000)]
        assert door.waits[:3] == [wrong.STEP, 2 * wrong.STEP, 3 * wrong.STEP]
        assert (len(door.waits), door.waits[-1]) == (1000, wrong.LONGEST)
        assert {status for status, *_ in answers} == {WRONG}
        # Who shows a right one meanwhile, from there or elsewhere, waits for nothing; nor does a wrong one of others.
        door.waits.clear()
        assert (await door.ask(200))[0] == (await door.ask(204))[0] - 4 == 200
        await door.ask(peer="203.0.113.10")
        assert door.waits == []
        # It is forgiven with time.
        door.now += 60 * 60
        await door.ask()
        assert door.waits == []

    run(story)


def test_right_ones_pass_while_as_many_wait_as_may_and_further_wrong_ones_are_told_so(door: Door) -> None:
    async def story() -> None:
        door.go_on = asyncio.Event()
        for _ in range(wrong.FREE):
            await door.ask()
        waiting = [asyncio.ensure_future(door.ask()) for _ in range(WAITING_OF_ONE)]
        while len(door.waits) < WAITING_OF_ONE:
            await asyncio.sleep(0)
        assert (await door.ask(200))[0] == 200
        status, headers, body = await door.ask()
        assert (status, headers["retry-after"], headers["connection"]) == (429, "5", "close")
        assert json.loads(body)["code"] == 42999
        assert "Too many wrong secrets" in json.loads(body)["message"]
        # Another address has room of its own.
        assert (await door.ask(peer="203.0.113.10"))[0] == WRONG
        door.go_on.set()
        assert {status for status, *_ in await asyncio.gather(*waiting)} == {WRONG}
        assert door.slowed._waiting == {}

    run(story)


def test_all_addresses_together_wait_in_so_many_places(door: Door) -> None:
    async def story() -> None:
        door.go_on = asyncio.Event()
        crowd = [f"198.51.100.{number}" for number in range(11)]
        for peer in crowd:
            for _ in range(wrong.FREE):
                await door.ask(peer=peer)
        asked = [asyncio.ensure_future(door.ask(peer=peer)) for peer in crowd for _ in range(WAITING_OF_ONE)]
        while len(door.waits) < slowing.WAITING:
            await asyncio.sleep(0)
        door.go_on.set()
        told = [status for status, *_ in await asyncio.gather(*asked)]
        assert (told.count(WRONG), told.count(429)) == (slowing.WAITING, 11 * WAITING_OF_ONE - slowing.WAITING)

    run(story)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (API, '"code": 42999'),
        ("/api/connectedcar/v1/accounts/vehicles", '"name": "TOO_MANY_REQUESTS"'),
        ("/as/token.oauth2", '"error": "temporarily_unavailable"'),
    ],
)
def test_each_api_says_it_in_its_own_shape(door: Door, monkeypatch: pytest.MonkeyPatch, path: str, says: str) -> None:
    monkeypatch.setattr(slowing, "WAITING", 0)

    async def story() -> None:
        for _ in range(wrong.FREE):
            assert (await door.ask(path=path))[0] == WRONG
        status, headers, body = await door.ask(path=path)
        assert (status, headers["content-type"]) == (429, "application/json")
        assert says in body.decode()

    run(story)


@pytest.mark.parametrize(
    ("status", "path", "shown"),
    [
        # Who shows nothing tries nothing; a page whose session is over is no guess; nor is what is not allowed.
        (401, API, b""),
        (401, "/fleets/a/news", b"Basic x"),
        (401, "/fleets/a/live", b"Basic x"),
        (403, API, b"Basic x"),
        (404, API, b"Basic x"),
        (200, "/login", b""),
    ],
)
def test_what_is_no_wrong_secret_is_never_late(door: Door, status: int, path: str, shown: bytes) -> None:
    async def story() -> None:
        for _ in range(3 * wrong.FREE):
            assert (await door.ask(status, path, shown=shown))[0] == status
        assert door.waits == []

    run(story)


@pytest.mark.parametrize("path", ["/login", "/admin/login/"])
def test_a_log_in_that_fails_shows_the_form_again_and_that_comes_late(door: Door, path: str) -> None:
    async def story() -> None:
        for _ in range(wrong.FREE):
            await door.ask(200, path, method="POST")
        for status, waits in ((200, 1), (429, 2), (302, 2), (403, 2)):
            assert (await door.ask(status, path, method="POST"))[0] == status
            assert len(door.waits) == waits

    run(story)


def test_credentials_that_were_right_a_moment_ago_are_no_guess(door: Door) -> None:
    """A token has ended: whoever has it asks for another one."""

    async def story() -> None:
        wrong.KNOWN.add(b"Bearer old")
        for _ in range(3 * wrong.FREE):
            await door.ask(path=API, shown=b"Bearer old")
        assert door.waits == []
        door.now += wrong.KNOWN_SECONDS
        for _ in range(wrong.FREE + 1):
            await door.ask(path=API, shown=b"Bearer old")
        assert len(door.waits) == 1

    run(story)


def test_one_line_of_ipv6_is_one_address(door: Door) -> None:
    async def story() -> None:
        for number in range(wrong.FREE + 5):
            await door.ask(peer=f"2001:db8::{number:x}")
        assert len(door.waits) == 5
        await door.ask(peer="2001:db8:0:1::1")
        assert len(door.waits) == 5

    run(story)


def test_however_many_ask_only_so_many_are_remembered(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong, "KEPT", 100)
    tries, known = wrong.Tries(), wrong.Known()
    for number in range(1000):
        tries.count(str(number))
        known.add(str(number).encode())
    assert (len(tries._levels), len(known._seen)) == (100, 100)
    assert known.has(b"999")
    assert not known.has(b"1")
