"""Who is not known waits for a turn, so that whoever fails by the thousand leaves threads to all others."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from fleetremote.front.leaving import Leaving
from fleetremote.front.refusals import Left
from fleetremote.front.tries import strangers, wrong
from fleetremote.front.tries.strangers import InTurn

THREADS = 8
API = "/connectedcar/v3/fleets"
COUNTED = (b"x-ratelimit-limit-1", b"100")


class House:
    """An application that keeps each request until it is let go, behind the turns."""

    def __init__(self) -> None:
        self.at_work: list[tuple[str, bytes]] = []
        self.let_go = asyncio.Event()
        self.in_turn = InTurn(self._work, THREADS)

    async def _work(self, scope: Any, receive: Any, send: Any) -> None:
        me = (scope["client"][0], scope["headers"][0][1])
        self.at_work.append(me)
        await self.let_go.wait()
        self.at_work.remove(me)
        headers = [COUNTED] if scope["is_right"] else []
        await send({"type": "http.response.start", "status": 200 if scope["is_right"] else 401, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def ask(
        self, shown: bytes, peer: str = "203.0.113.9", path: str = API, is_right: bool = False, method: str = "GET"
    ) -> "asyncio.Task[int]":
        async def asked() -> int:
            sent: list[Any] = []

            async def send(message: Any) -> None:
                sent.append(message)

            headers = [(b"authorization", shown)]
            about = {"client": (peer, 1), "path": path, "headers": headers, "is_right": is_right, "query_string": b""}
            await self.in_turn({"type": "http", "method": method, **about}, None, send)  # type: ignore[arg-type]
            return sent[0]["status"]

        return asyncio.ensure_future(asked())


@pytest.fixture(autouse=True)
def nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong, "KNOWN", wrong.Known())
    monkeypatch.setattr(wrong, "TRIES", wrong.Tries())


async def settled() -> None:
    """All have gone as far as they get by themselves."""
    for _ in range(50):
        await asyncio.sleep(0)


def run(story: Callable[[House], Awaitable[None]]) -> None:
    async def within() -> None:
        await story(House())

    async_to_sync(within)()


def failing(peer: str) -> None:
    for _ in range(wrong.FREE):
        wrong.TRIES.count(peer)


def test_strangers_have_half_of_the_threads_and_who_is_known_all() -> None:
    async def story(house: House) -> None:
        wrong.KNOWN.add(b"right")
        asked = [house.ask(b"%d" % number, f"198.51.100.{number}") for number in range(100)]
        await settled()
        assert len(house.at_work) == THREADS // 2
        known = house.ask(b"right", is_right=True)
        await settled()
        assert ("203.0.113.9", b"right") in house.at_work
        house.let_go.set()
        assert await known == 200
        assert set(await asyncio.gather(*asked)) == {401}

    run(story)


def test_an_address_that_fails_has_two_and_each_of_its_requests_its_turn() -> None:
    async def story(house: House) -> None:
        failing("203.0.113.9")
        asked = [house.ask(b"%d" % number) for number in range(300)]
        await settled()
        assert len(house.at_work) == strangers.OF_WHO_FAILS
        other = house.ask(b"new here", "198.51.100.1", is_right=True)
        await settled()
        assert ("198.51.100.1", b"new here") in house.at_work
        # Nobody is turned away, and the crowd does not come first: a right one that nobody knows yet is served next.
        right = house.ask(b"right", is_right=True)
        house.let_go.set()
        assert (await other, await right) == (200, 200)
        assert set(await asyncio.gather(*asked)) == {401}
        assert house.in_turn._turns()._lines == {}

    run(story)


def test_a_right_one_that_nobody_knows_yet_does_not_wait_for_the_crowd_before_it() -> None:
    """All of which came at once, before any of it was seen to be wrong."""

    async def story(house: House) -> None:
        crowd = [house.ask(b"%d" % number) for number in range(300)]
        await settled()
        right = house.ask(b"right", is_right=True)
        house.let_go.set()
        assert await right == 200
        assert sum(task.done() for task in crowd) <= 2 * THREADS
        await asyncio.gather(*crowd)

    run(story)


def test_who_leaves_while_they_wait_takes_nobodys_turn() -> None:
    async def story(house: House) -> None:
        failing("203.0.113.9")
        asked = [house.ask(b"%d" % number) for number in range(20)]
        await settled()
        for task in asked[::2]:
            task.cancel()
        await settled()
        house.let_go.set()
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert told[1::2] == [401] * 10
        assert house.in_turn._turns()._lines == {}

    run(story)


def test_who_was_right_is_known_from_then_on_and_who_was_wrong_is_not() -> None:
    async def story(house: House) -> None:
        house.let_go.set()
        await asyncio.gather(house.ask(b"right", is_right=True), house.ask(b"wrong"))
        assert wrong.KNOWN.has(b"right")
        assert not wrong.KNOWN.has(b"wrong")

    run(story)


def test_log_ins_are_few_at_a_time_and_few_of_one_address_wait() -> None:
    async def story(house: House) -> None:
        def log_in(peer: str) -> "asyncio.Task[int]":
            return house.ask(b"", peer, "/login", method="POST")

        failing("203.0.113.9")
        crowd = [log_in("203.0.113.9") for _ in range(100)]
        await settled()
        assert len(house.at_work) == strangers.LOG_INS_OF_WHO_FAILS
        other, page = log_in("198.51.100.1"), house.ask(b"", path="/login")
        await settled()
        assert len(house.at_work) == 3
        house.let_go.set()
        await asyncio.gather(other, page)
        told = await asyncio.gather(*crowd)
        assert told.count(429) == 100 - strangers.LOG_INS_WAITING - 1

    run(story)


def test_a_turn_ends_with_the_answers_beginning_however_slowly_it_is_read() -> None:
    async def story(house: House) -> None:
        reads_on = asyncio.Event()

        async def send(message: Any) -> None:
            await reads_on.wait()

        scope = {"type": "http", "method": "GET", "path": API, "client": ("203.0.113.1", 1), "is_right": False}
        slow = [
            asyncio.ensure_future(house.in_turn({**scope, "headers": [(b"authorization", b"x")]}, None, send))  # type: ignore[arg-type]
            for _ in range(THREADS)
        ]
        house.let_go.set()
        await settled()
        assert await house.ask(b"y") == 401
        assert not any(task.done() for task in slow)
        reads_on.set()
        await asyncio.gather(*slow)

    run(story)


@pytest.mark.parametrize("steps", range(6))
def test_who_leaves_gives_up_the_place_in_the_line(steps: int) -> None:
    """Whatever happens between leaving and saying so."""

    async def story(house: House) -> None:
        has_left = asyncio.Event()

        async def receive() -> Any:
            await has_left.wait()
            return {"type": "http.disconnect"}

        line = strangers.Line(lambda: 1)
        await line.enter(Leaving(receive))
        waiting = [asyncio.create_task(line.enter(Leaving(receive))) for _ in range(100)]
        await settled()
        has_left.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        line.leave()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        entered = [end for end in ends if end is None]
        assert len(entered) <= 1
        assert all(isinstance(end, Left) for end in ends if end is not None)
        for _ in entered:
            line.leave()
        assert len(line) == 0

    run(story)
