"""One open stream: what it tells its reader, and when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from console.stream import START, News

# Seconds between signs of life, by which both ends notice a broken connection.
HEARTBEAT = 15.0


class Reader:
    """Reads a stream; `confirmed_at`: when this was last seen to be allowed, by the loop's clock."""

    def __init__(self, news: News) -> None:
        self.news = news
        self._clock = asyncio.get_running_loop().time
        self.confirmed_at = self._clock()
        self.has_ended = False
        self._waits = False
        self._woken = asyncio.Event()

    def hear(self, message: bytes) -> None:
        """A message has come on the channel."""
        if self.news.concerns(message):
            self.tell()

    def tell(self) -> None:
        """There is news."""
        self._waits = True
        self._woken.set()

    def end(self) -> None:
        """Say nothing more."""
        self.has_ended = True
        self._woken.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """What goes to the reader, until the end."""
        yield START
        told = spoke = self._clock()
        while await self._goes_on(told + self.news.pace if self._waits else spoke + HEARTBEAT):
            now = self._clock()
            if self._waits and now >= told + self.news.pace:
                self._waits = False
                told = spoke = now
                yield b"event: changed\ndata: news\n\n"
            elif now >= spoke + HEARTBEAT:
                spoke = now
                yield b": still here\n\n"

    async def _goes_on(self, until: float) -> bool:
        """Whether it does, then or once something has happened."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        self._woken.clear()
        return not self.has_ended
