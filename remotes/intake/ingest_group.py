"""Stores requests that come in at the same time together: what arrives while a statement runs goes with the next one.

Nobody waits for company: an idle server stores a single request at once. Each request is answered after the commit
that holds it, and one that the database refuses does not take its company down.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError

from fleets.storage.sql import reconnecting
from remotes.intake import ingest

logger = logging.getLogger(__name__)

MAX_TOGETHER = 200

# Apart from the database's thread, so that telling holds up no storing.
_TELLER = ThreadPoolExecutor(1, "tell")

Stored = list[Exception | None]


class IngestGroup:
    """One for each event loop, or for a request that comes alone.

    The statements run where Django's other code below this event loop runs: in one thread of a web server that is
    asynchronous from the start, else on the thread that waits for the loop. So they share its connection.
    """

    def __init__(self, tell: Callable[[ingest.News], None]) -> None:
        self._tell = tell
        self._waiting: list[tuple[ingest.Incoming, asyncio.Future[None]]] = []
        self._news = ingest.News()
        self._storing: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    async def store(self, incoming: ingest.Incoming) -> None:
        """Return once it is committed; raises what was wrong when it could not be stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting())
        await stored

    async def told(self) -> None:
        """Return once the news of all that is stored by now are told."""
        while self._telling is not None:
            await self._telling

    async def _store_waiting(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
            news, errors = await sync_to_async(_store)([incoming for incoming, _ in together])
            for (_, stored), error in zip(together, errors, strict=True):
                if stored.cancelled():
                    continue
                if error is None:
                    stored.set_result(None)
                else:
                    stored.set_exception(error)
            self._spread(news)
        self._storing = None

    def _spread(self, news: ingest.News) -> None:
        self._news.add(news)
        if self._telling is None and self._news.vehicle_ids:
            self._telling = asyncio.create_task(self._tell_news())

    async def _tell_news(self) -> None:
        loop = asyncio.get_running_loop()
        while self._news.vehicle_ids:
            news, self._news = self._news, ingest.News()
            try:
                await loop.run_in_executor(_TELLER, self._tell, news)
            except Exception:
                logger.exception("News could not be told; pages poll and sweeps find what is due")
        self._telling = None


def _store(requests: Sequence[ingest.Incoming]) -> tuple[ingest.News, Stored]:
    """Together, else one by one, so that only the culprit fails, whatever is wrong with it."""
    news = ingest.News()
    try:
        news = reconnecting(lambda: ingest.store(requests))
        return news, [None] * len(requests)
    except Exception as error:
        logger.exception("Notifications could not be stored")
        if len(requests) == 1 or isinstance(error, OperationalError | InterfaceError):
            return news, [error] * len(requests)
    errors: Stored = []
    for request in requests:
        more, error_of_one = _store([request])
        news.add(more)
        errors += error_of_one
    return news, errors
