"""All open streams of a process: who may have one more, what they hear of Redis, and who may see no more."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from console.stream import News
from fleetremote.streams.reader import Reader
from fleetremote.streams.subscription import Subscription
from fleetremote.streams.threads import LOOKING, in_thread
from fleets.sight.announcing import CHANNEL, digest_of
from fleets.sight.looking import holding

T = TypeVar("T")

logger = logging.getLogger(__name__)

# Seconds between two looks whether all who read still may.
LOOK_EVERY = 5.0
# Seconds for which a look counts: a stream that could not be looked after for so long ends.
LOOK_COUNTS = 15.0
# Seconds after which it is worth trying again.
RETRY_AFTER = 15


class Refused(Exception):
    """A stream can't be had now, in English words; with a status of HTTP."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


_FULL = "As many live pages are open as this server takes. Until there is room, the page asks for its news."
_NO_NEWS = "News can't be had at the moment. The page asks for them itself meanwhile."


def _too_many(most: int) -> Refused:
    return Refused(429, f"You have {most} live pages open, which is the most. Close some; this one asks for its news.")


class Hub:
    """For one event loop. While anybody reads it holds one connection to Redis, and no database connection."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Reader]] = {}
        self._people: Counter[int] = Counter()
        self._sessions: Counter[str] = Counter()
        self._subscription: Subscription | None = None
        self._work: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[None]] = set()

    def check_session(self, session_key: str) -> None:
        """Raises Refused where what was shown holds all places of its person: that is known without a look."""
        if session_key in self._sessions and self._sessions[session_key] >= settings.STREAMS_PER_PERSON:
            raise _too_many(settings.STREAMS_PER_PERSON)

    @asynccontextmanager
    async def reading(self, news: News) -> AsyncIterator[Reader]:
        """Have a place within this block. Raises Refused: no room for the person (429), or at all (503)."""
        self._check_room(news.sight.person_id)
        reader = Reader(news)
        self._add(reader)
        try:
            await self._listen_to(news.channel)
            yield reader
        finally:
            await self._remove(reader)

    def _check_room(self, person_id: int) -> None:
        if self._people[person_id] >= settings.STREAMS_PER_PERSON:
            raise _too_many(settings.STREAMS_PER_PERSON)
        if self._people.total() >= settings.STREAMS:
            raise Refused(503, _FULL)

    def _add(self, reader: Reader) -> None:
        self._people[reader.news.sight.person_id] += 1
        self._sessions[reader.news.sight.session_key] += 1
        self._readers.setdefault(reader.news.channel, set()).add(reader)

    async def _remove(self, reader: Reader) -> None:
        sight, channel = reader.news.sight, reader.news.channel
        _take_one(self._people, sight.person_id)
        _take_one(self._sessions, sight.session_key)
        self._readers[channel].discard(reader)
        if not self._readers[channel]:
            del self._readers[channel]
            await self._forget(channel)

    async def _listen_to(self, channel: str) -> None:
        if self._subscription is None:
            self._subscription = Subscription(self._hear)
            self._work = asyncio.create_task(self._working(self._subscription))
        try:
            await self._subscription.want(channel)
        except (redis.RedisError, OSError, TimeoutError) as error:
            raise Refused(503, _NO_NEWS) from error

    async def _forget(self, channel: str) -> None:
        """Nobody reads it any more."""
        if not self._readers and self._work is not None:
            self._work.cancel()
            self._subscription = self._work = None
        elif self._subscription is not None:
            # When that fails the connection is lost, which its reader notices.
            with suppress(redis.RedisError, OSError):
                await self._subscription.drop(channel)

    async def _working(self, subscription: Subscription) -> None:
        """As long as Redis is there. Then all streams end: their pages ask meanwhile, and come back."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(subscription.run(CHANNEL))
                group.create_task(self._keep_looking())
        except* (redis.RedisError, OSError) as lost:
            logger.warning("Redis was lost, so the streams of this process end: %s", lost.exceptions[0])
        finally:
            if self._subscription is subscription:
                self._subscription = self._work = None
                for reader in self._all():
                    reader.end()

    def _all(self) -> list[Reader]:
        return [reader for readers in self._readers.values() for reader in readers]

    def _hear(self, channel: str, message: bytes) -> None:
        if channel == CHANNEL:
            self._hear_of_rights(message.decode())
        for reader in self._readers.get(channel, ()):
            reader.hear(message)

    def _hear_of_rights(self, message: str) -> None:
        kind, _, about = message.partition(" ")
        if kind == "session":
            for reader in self._all():
                if digest_of(reader.news.sight.session_key) == about:
                    reader.end()
        elif kind == "person":
            found = [reader for reader in self._all() if str(reader.news.sight.person_id) == about]
            if found:
                look = asyncio.create_task(self._look(found, is_news=True))
                self._looks.add(look)
                look.add_done_callback(self._looks.discard)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self._look(self._all())

    async def _look(self, readers: Collection[Reader], *, is_news: bool = False) -> None:
        """End those who may not see any more. With `is_news` tell the others: they may do more or less now."""
        began = asyncio.get_running_loop().time()
        sights = {reader.news.sight for reader in readers}
        try:
            async with asyncio.timeout(LOOK_EVERY):
                held = await in_thread(LOOKING, lambda: holding(sights))
        except (DatabaseError, InterfaceError, TimeoutError) as error:
            logger.warning("Whether those who read streams still may could not be looked up: %r", error)
            for reader in readers:
                if began - reader.confirmed_at > LOOK_COUNTS - LOOK_EVERY:
                    reader.end()
            return
        for reader in readers:
            if reader.news.sight not in held:
                reader.end()
                continue
            reader.confirmed_at = began
            if is_news:
                reader.tell()


def _take_one(counter: Counter[T], key: T) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
