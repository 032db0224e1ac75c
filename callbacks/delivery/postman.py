"""The delivery of one worker process: an event loop in a thread of its own, one HTTP client, a few database threads.

Celery's tasks only tell it which callbacks may have something; it does not wait, so a slow subscriber holds up no task.
"""

import asyncio
import gc
import logging
import resource
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import aiohttp
import uvloop
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection

from callbacks.delivery import results
from callbacks.delivery.drain import Drain
from callbacks.delivery.posting import new_session
from callbacks.delivery.results import Result

logger = logging.getLogger(__name__)

DATABASE_THREADS = 3

# Results that go into one statement.
TOGETHER = 500

# Seconds between tries to write results while the database is away.
PAUSE = 0.5

# Seconds after which a database connection may have been cut unnoticed.
RESTED = 1.0

# New objects after which Python looks for garbage.
GARBAGE = 50_000

T = TypeVar("T")

_here = threading.local()


class Postman:
    """Delivers to any number of callbacks side by side. Start one a process with `postman()`."""

    session: aiohttp.ClientSession

    def __init__(self) -> None:
        self.stopping = False
        self._loop = uvloop.new_event_loop()
        self._database = ThreadPoolExecutor(DATABASE_THREADS, "delivery-database")
        self._writer_thread = ThreadPoolExecutor(1, "delivery-results")
        self._drains: dict[int, Drain] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwritten: list[tuple[Result, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        self._thread.start()

    @property
    def cap(self) -> int:
        """Requests that one callback may have under way: fewer when many callbacks share the process."""
        share = settings.CALLBACK_CONNECTIONS // max(len(self._drains), 1)
        return max(1, min(settings.CALLBACK_IN_FLIGHT, share))

    def deliver(self, callback_ids: Iterable[int]) -> None:
        """Look after these callbacks; returns at once. May be called from any thread."""
        self._loop.call_soon_threadsafe(self._deliver, list(callback_ids))

    def stop(self, patience: float) -> None:
        """Take up nothing new, wait up to `patience` seconds for what is under way, and give all leases back."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._stop(patience), self._loop).result(patience + 5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            _close(self._database, DATABASE_THREADS)
            _close(self._writer_thread, 1)

    def idle(self) -> bool:
        """Whether nothing is under way of what it was told of before this call."""
        told = threading.Event()
        self._loop.call_soon_threadsafe(told.set)
        told.wait()
        return not self._drains

    async def in_database(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread that has a database connection."""
        return await self._loop.run_in_executor(self._database, with_connection, work)

    def write(self, result: Result) -> asyncio.Future[None]:
        """Have a result committed; those that come meanwhile go together with the next statement."""
        written: asyncio.Future[None] = self._loop.create_future()
        self._unwritten.append((result, written))
        if self._writer is None:
            self._writer = self._loop.create_task(self._write())
        return written

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._loop.run_forever()

    async def _open(self) -> None:
        _collect_less()
        _allow_many_sockets()
        self.session = new_session()

    def _deliver(self, callback_ids: list[int]) -> None:
        for callback_id in callback_ids:
            drain = self._drains.get(callback_id)
            if drain is not None:
                drain.tell()
            elif not self.stopping:
                self._start(callback_id)

    def _start(self, callback_id: int) -> None:
        drain = self._drains[callback_id] = Drain(callback_id, self)
        task = self._loop.create_task(self._drain(drain))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, drain: Drain) -> None:
        """One drain, and another one when more has come in its last moment."""
        again = False
        try:
            again = await drain.run()
        except Exception:
            # The sweep begins anew, after the lease has lapsed if it could not be given back.
            logger.warning("Delivery to callback %s was broken off", drain.callback_id, exc_info=True)
        finally:
            del self._drains[drain.callback_id]
        if again and not self.stopping:
            self._start(drain.callback_id)

    async def _write(self) -> None:
        while self._unwritten:
            together, self._unwritten = self._unwritten[:TOGETHER], self._unwritten[TOGETHER:]
            await self._write_rows([result for result, _ in together])
            for _, written in together:
                if not written.done():
                    written.set_result(None)
        self._writer = None

    async def _write_rows(self, rows: list[Result]) -> None:
        """Goes on until it is done: what was delivered is not forgotten because the database is away."""
        while True:
            try:
                await self._loop.run_in_executor(self._writer_thread, with_connection, lambda: results.write(rows))
                return
            except (OperationalError, InterfaceError):
                logger.warning("Results of deliveries can't be written now; trying again", exc_info=True)
                await asyncio.sleep(PAUSE)
            except (DatabaseError, ValueError):
                logger.exception("Results of deliveries were refused by the database")
                if len(rows) == 1:
                    return
                for row in rows:
                    await self._write_rows([row])
                return

    async def _stop(self, patience: float) -> None:
        self.stopping = True
        for drain in self._drains.values():
            drain.tell()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if self._writer:
            await asyncio.wait([self._writer], timeout=1)
        await self.session.close()


_postman: Postman | None = None
_first = threading.Lock()


def postman() -> Postman:
    """The one of this process, started at the first call."""
    global _postman
    with _first:
        _postman = _postman or Postman()
    return _postman


def stop_postman(patience: float) -> None:
    """Stop the one of this process, if it was ever started; see Postman.stop."""
    if _postman is not None:
        _postman.stop(patience)


def _collect_less() -> None:
    """By default Python looks for garbage every 700 objects; with many requests under way that takes half the time."""
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _allow_many_sockets() -> None:
    """As many open files as this account may have: each request under way needs one."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _close(pool: ThreadPoolExecutor, size: int) -> None:
    """End the pool's threads, each after closing its database connection."""
    together = threading.Barrier(size)

    def close() -> None:
        together.wait(5)
        connection.close()

    for _ in range(size):
        pool.submit(close)
    pool.shutdown()


def with_connection(work: Callable[[], T]) -> T:
    """Run it on this thread's connection, which is tried first when it has rested."""
    if time.monotonic() - getattr(_here, "used_at", 0.0) > RESTED:
        close_old_connections()
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
        raise
    finally:
        _here.used_at = time.monotonic()
