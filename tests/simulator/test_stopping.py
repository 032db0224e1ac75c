"""A stop is never lost, whatever happens at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.cloud import Cloud, Settings
from simulator.notifier import Mailbox
from simulator.world import demo_world

# Turns of the event loop between news and the stop: in one of them whoever waits has heard of both.
TURNS = range(5)


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def stopped_at_news(kick: Callable[[], None], between: int, stop: Callable[[], Awaitable[None]]) -> None:
    """News, and so many turns later a stop, which must not take long."""
    kick()
    await turns(between)
    async with asyncio.timeout(10):
        await stop()


@pytest.mark.parametrize("between", TURNS)
def test_of_the_cloud(tmp_path: Path, between: int) -> None:
    async def story() -> None:
        cloud = Cloud(Settings(database=tmp_path / "world.sqlite"), demo_world())
        await turns(50)
        await stopped_at_news(cloud.kick, between, cloud.close)

    asyncio.run(story())


class Idle(Mailbox):
    """Nothing is due, and something will be."""

    def __init__(self) -> None:
        unused: Any = None
        super().__init__(unused, unused, unused, "c1", lambda callback_id: None, 0)

    def _look(self) -> float | None:
        return 60.0


@pytest.mark.parametrize("between", TURNS)
def test_of_a_mailbox(between: int) -> None:
    async def story() -> None:
        mailbox = Idle()
        mailbox.start()
        await turns(10)
        await stopped_at_news(mailbox.kick, between, mailbox.stop)

    asyncio.run(story())
