"""Messages of many Redis channels over one connection: which ones are wanted changes all the time."""

import asyncio
from collections.abc import Callable

import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# Seconds in which Redis takes a wish. It answers at once, but a process whose threads are all at work hears that late:
# a first wish needs several turns of the event loop, of which there are then a few in a second.
PATIENCE = 10.0
# Seconds of silence after which Redis is asked whether it is there; after as many again it is not.
SILENCE = 15.0


class Subscription:
    """Until it is lost, which ends `run`. What went wrong is a RedisError or an OSError."""

    def __init__(self, tell: Callable[[str, bytes], None]) -> None:
        """`tell` is given each message with its channel."""
        self._tell = tell
        # Each question before the first wish is one more turn: neither which version is spoken, nor who asks.
        self._client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        self._subscriber = self._client.pubsub()
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._taken: dict[str, asyncio.Future[None]] = {}

    async def run(self, first: str) -> None:
        """Read messages, those of the first channel and of all that are wanted, until Redis is lost."""
        try:
            await self._ask_for(first)
            self._begun.set_result(None)
            await self._read()
        finally:
            for waited_for in (self._begun, *self._taken.values()):
                waited_for.cancel()
            await self._subscriber.aclose()  # type: ignore[no-untyped-call]
            await self._client.aclose()

    async def want(self, channel: str) -> None:
        """Return once Redis sends what is published there from now on. Raises TimeoutError, too."""
        async with asyncio.timeout(PATIENCE):
            await _done(self._begun)
            if channel not in self._taken:
                await self._ask_for(channel)
            await _done(self._taken[channel])

    async def drop(self, channel: str) -> None:
        """Nobody wants it any more."""
        if self._taken.pop(channel, None) is not None:
            await self._subscriber.unsubscribe(channel)

    async def _ask_for(self, channel: str) -> None:
        self._taken[channel] = asyncio.get_running_loop().create_future()
        await self._subscriber.subscribe(channel)

    async def _read(self) -> None:
        is_asked = False
        while True:
            message = await self._subscriber.get_message(timeout=SILENCE)
            if message is None and is_asked:
                raise redis.ConnectionError("Redis is silent.")
            is_asked = message is None
            if message is None:
                await self._subscriber.ping()
            elif message["type"] == "message":
                self._tell(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                taken = self._taken.get(message["channel"].decode())
                if taken is not None and not taken.done():
                    taken.set_result(None)


async def _done(waited_for: asyncio.Future[None]) -> None:
    """Others wait for the same, so it outlives this one; it is cancelled when the connection is lost meanwhile."""
    await asyncio.wait([waited_for])
    if waited_for.cancelled():
        raise redis.ConnectionError("Redis was lost.")
