"""Answers wait for their readers so long, and in so much memory."""

import asyncio

import pytest

from fleetremote.front import readers
from fleetremote.front.asgi_types import Message
from fleetremote.front.readers import PIECE, Gone, patient


def body(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def never(message: Message) -> None:
    await asyncio.Event().wait()


def test_an_answer_goes_out_in_pieces_and_whole() -> None:
    sent: list[Message] = []

    async def take(message: Message) -> None:
        sent.append(message)

    content = bytes(range(256)) * 1000

    async def story() -> None:
        await patient(take)(body(content))

    asyncio.run(story())
    assert b"".join(message["body"] for message in sent) == content
    assert max(len(message["body"]) for message in sent) == PIECE
    assert [message["more_body"] for message in sent] == [True] * (len(sent) - 1) + [False]
    assert readers.ANSWERS.held == 0


def test_who_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PATIENCE", 0.1)

    async def story() -> None:
        send = patient(never)
        with pytest.raises(Gone):
            await send(body(b"a"))
        # And is not waited for again.
        with pytest.raises(Gone):
            async with asyncio.timeout(0.05):
                await send(body(b"a"))

    asyncio.run(story())


def test_waiting_adds_up_over_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PATIENCE", 0.3)

    async def drip(message: Message) -> None:
        await asyncio.sleep(0.12)

    async def story() -> int:
        send = patient(drip)
        for number in range(10):
            try:
                await send(body(b"a", more=True))
            except Gone:
                return number
        return 10

    assert asyncio.run(story()) == 2


def test_when_memory_is_full_the_one_that_has_waited_longest_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers.ANSWERS, "most", 4_000_000)

    async def give(size: int) -> None:
        await patient(never)(body(b"a" * size))

    async def story() -> list[bool]:
        sizes = (800_000, 990_000, 990_000, 990_000)
        stuck = [asyncio.create_task(give(size)) for size in sizes]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            fifth = asyncio.create_task(give(990_000))
            done, _ = await asyncio.wait(stuck, return_when=asyncio.FIRST_COMPLETED)
        over = [task in done and isinstance(task.exception(), Gone) for task in stuck]
        for task in (*stuck, fifth):
            task.cancel()
        await asyncio.gather(*stuck, fifth, return_exceptions=True)
        return over

    assert asyncio.run(story()) == [True, False, False, False]
    assert readers.ANSWERS.held == 0
