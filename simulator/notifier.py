"""Posts notifications to the clients' webhooks: a mailbox a callback, so that a slow one delays no other."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import aiohttp
from yarl import URL

from protocol.dialects import codec
from simulator import callbacks, outbox
from simulator.callbacks import Callback
from simulator.clock import Clock
from simulator.database import Database
from simulator.outbox import Message, Post

log = logging.getLogger(__name__)

AT_ONCE = 16
TIME_OUT = aiohttp.ClientTimeout(total=10, connect=5)
LONGEST_WAIT = 3600.0
# The lane of an array; no vehicle has it.
_ARRAY = "[]"


class Notifier:
    """Keeps one mailbox for each callback that something is to be posted to."""

    def __init__(self, db: Database, clock: Clock, arrays: int = 0) -> None:
        self._db = db
        self._clock = clock
        self._arrays = arrays
        # No limit over all: each mailbox limits itself, and none may take another's share.
        self._session = aiohttp.ClientSession(
            timeout=TIME_OUT,
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._mailboxes: dict[str, Mailbox] = {}

    def start(self) -> None:
        """Take up what an earlier run left."""
        sql = "SELECT callback_id FROM events UNION SELECT callback_id FROM posts"
        for row in self._db.rows(sql):
            self.wake(row["callback_id"])

    def wake(self, callback_id: str) -> None:
        """Look at a callback's mailbox now: something was added, or its registration changed."""
        mailbox = self._mailboxes.get(callback_id)
        if mailbox is None:
            mailbox = Mailbox(self._db, self._clock, self._session, callback_id, self._mailboxes.pop, self._arrays)
            self._mailboxes[callback_id] = mailbox
            mailbox.start()
        mailbox.kick()

    async def close(self) -> None:
        """Stop posting; what is under way is posted again at the next start."""
        await asyncio.gather(*(mailbox.stop() for mailbox in list(self._mailboxes.values())))
        await self._session.close()


class Mailbox:
    """Posts what lies there for one callback, a few requests at once, each lane in its order; ends when it is empty."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        session: aiohttp.ClientSession,
        callback_id: str,
        ended: Callable[[str], object],
        arrays: int,
    ) -> None:
        self._db = db
        self._clock = clock
        self._session = session
        self._callback_id = callback_id
        self._ended = ended
        self._arrays = arrays
        self._kicked = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to post."""
        self._task = asyncio.create_task(self._drain())

    def kick(self) -> None:
        """Look again."""
        self._kicked.set()

    async def stop(self) -> None:
        """Leave everything where it is."""
        tasks = [task for task in (self._task, *self._running.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drain(self) -> None:
        try:
            while True:
                self._kicked.clear()
                wait = self._look()
                if wait is None and not self._running:
                    return
                # Not `wait_for`, which may swallow that this is cancelled (Python 3.11).
                with suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_WAIT if wait is None else wait):
                        await self._kicked.wait()
        except Exception:
            log.exception("the mailbox of callback %s failed", self._callback_id)
        finally:
            self._ended(self._callback_id)

    def _look(self) -> float | None:
        """Start what is due; seconds until something else will be, None when nothing will."""
        callback = callbacks.get(self._db, self._callback_id)
        if callback is None or callback.paused:
            return None
        now = self._clock.now()
        outbox.expire(self._db, callback.id, now, self._clock)
        outbox.form_posts(self._db, callback.id, callback.subscribe, now, self._clock)
        arrays = self._arrays or codec(callback.dialect).ARRAY_SIZE
        together = outbox.together(self._db, callback.id, now, arrays) if arrays else []
        if together:
            # In its order: nothing else goes meanwhile.
            if not self._running:
                self._start(_ARRAY, self._send_array(callback, together))
        elif _ARRAY not in self._running:
            for post in self._startable(now):
                self._start(post.lane, self._send(callback, post))
        time = outbox.next_time(self._db, callback.id, callback.subscribe, self._clock, now)
        return None if time is None else max(0.0, time - self._clock.now())

    def _start(self, lane: str, sending: Coroutine[Any, Any, None]) -> None:
        self._running[lane] = asyncio.create_task(sending)
        self._running[lane].add_done_callback(partial(self._finished, lane))

    def _startable(self, now: float) -> list[Post]:
        """The oldest due post of each lane that is free, as many as may run beside those that do."""
        limit = 4 * AT_ONCE
        while True:
            due = outbox.due(self._db, self._callback_id, now, limit)
            free: dict[str, Post] = {}
            for post in due:
                if post.lane not in self._running:
                    free.setdefault(post.lane, post)
            room = AT_ONCE - len(self._running)
            # A few lanes with long queues may hide the others: look further.
            if len(free) >= room or len(due) < limit:
                return list(free.values())[: max(room, 0)]
            limit *= 4

    def _finished(self, lane: str, _task: asyncio.Task[None]) -> None:
        self._running.pop(lane, None)
        self._kicked.set()

    async def _send(self, callback: Callback, post: Post) -> None:
        arrived = False
        try:
            request = outbox.message(self._db, post.id, callback)
            arrived = await deliver(self._session, callback.subscribe.target, request)
        except Exception:
            log.exception("a notification for callback %s failed", callback.id)
        if arrived:
            outbox.delivered(self._db, callback.id, post.id, self._clock.now())
        else:
            outbox.failed(self._db, post, callback.subscribe, self._clock.now(), self._clock)

    async def _send_array(self, callback: Callback, posts: list[Post]) -> None:
        """What waits as one JSON array: only the bodies, neither headers nor query."""
        arrived = False
        try:
            bodies: list[Any] = [outbox.message(self._db, post.id, callback).body for post in posts]
            arrived = await deliver(self._session, callback.subscribe.target, Message({}, [], bodies))
        except Exception:
            log.exception("notifications for callback %s failed", callback.id)
        now = self._clock.now()
        for post in posts:
            if arrived:
                outbox.delivered(self._db, callback.id, post.id, now)
            else:
                outbox.failed(self._db, post, callback.subscribe, now, self._clock)


async def deliver(session: aiohttp.ClientSession, target: str, request: Message) -> bool:
    """POST a notification; True for a 2xx. Anything else (another code, no connection, a time-out) is False."""
    try:
        url = URL(target).extend_query(request.query)
        async with session.post(url, json=request.body, headers=request.headers, allow_redirects=False) as answer:
            return 200 <= answer.status < 300
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        # ValueError: a target or a header that no request can carry.
        log.info("no answer from %s: %s", target, error)
        return False
