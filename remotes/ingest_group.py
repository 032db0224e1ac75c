"""Stores requests that come in at the same time together: what arrives while a statement runs goes with the next one.

Nobody waits for company: an idle server stores a single request at once. Each request is answered after the commit
that holds it, and one that the database refuses does not take its company down.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from remotes import ingest

logger = logging.getLogger(__name__)

MAX_TOGETHER = 200

Stored = list[DatabaseError | None]


class IngestGroup:
    """One for each event loop. Its two threads each keep one connection: to the database, and to Redis."""

    def __init__(self, tell: Callable[[ingest.News], None]) -> None:
        self._tell = tell
        self._waiting: list[tuple[ingest.Incoming, asyncio.Future[None]]] = []
        self._news = ingest.News()
        self._storing: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._database_thread = ThreadPoolExecutor(1, "ingest")
        self._redis_thread = ThreadPoolExecutor(1, "tell")

    async def store(self, incoming: ingest.Incoming) -> None:
        """Return once it is committed; raises DatabaseError when it could not be stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting())
        await stored

    async def _store_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
            news, errors = await loop.run_in_executor(
                self._database_thread, _store, [incoming for incoming, _ in together]
            )
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
                await loop.run_in_executor(self._redis_thread, self._tell, news)
            except Exception:
                logger.exception("News could not be told; pages poll and sweeps find what is due")
        self._telling = None


def _store(requests: Sequence[ingest.Incoming]) -> tuple[ingest.News, Stored]:
    """Together, else once more on a new connection, else one by one, so that only the culprit fails."""
    news = ingest.News()
    try:
        news = _store_or_reconnect(requests)
        return news, [None] * len(requests)
    except DatabaseError as error:
        logger.exception("Notifications could not be stored")
        if len(requests) == 1 or isinstance(error, OperationalError | InterfaceError):
            return news, [error] * len(requests)
    errors: Stored = []
    for request in requests:
        more, error_of_one = _store([request])
        news.add(more)
        errors += error_of_one
    return news, errors


def _store_or_reconnect(requests: Sequence[ingest.Incoming]) -> ingest.News:
    try:
        with connection.wrap_database_errors:
            return ingest.store(requests)
    except (OperationalError, InterfaceError):
        # A restarted PostgreSQL or a deadlock: the statement left nothing behind, so it may run again.
        connection.close()
    with connection.wrap_database_errors:
        return ingest.store(requests)
