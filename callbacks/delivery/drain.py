"""Delivers what waits for one callback, as long as there is something to post now."""

import asyncio
import math
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import aiohttp
import msgspec
from django.conf import settings
from django.db import DatabaseError

from callbacks.delivery import recovery, turns
from callbacks.delivery.forming import Formed
from callbacks.delivery.line import Line
from callbacks.delivery.posting import post
from callbacks.delivery.results import Answer, Result
from callbacks.delivery.sweep import due
from callbacks.delivery.turns import LEASE, Turn
from callbacks.models import Batch
from fleets.storage import clock

# Batches of one callback in memory: those that may be posted now, and with those that wait for a retry or behind
# another one. More stay in the database.
WINDOW = 1000
LONGEST_LINE = 10_000

# Seconds after which a drain that waits for answers looks for news again, and renews its lease.
LOOK_AGAIN = 0.5

# A drain stays for what is due within so many seconds; the sweep finds the rest.
SOON = 2.0

HTTP_GONE = 410

State = Batch.State
T = TypeVar("T")


class Process(Protocol):
    """What a drain needs of its process (callbacks/delivery/postman.py)."""

    session: aiohttp.ClientSession
    stopping: bool

    @property
    def cap(self) -> int:
        """Requests that one callback may have under way."""

    async def in_database(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread that has a database connection."""

    def write(self, result: Result) -> asyncio.Future[None]:
        """Write a result down; done once it is committed. Results are committed in the order of the calls."""


@dataclass
class Drain:
    """One callback's delivery in this process, from taking its lease to giving it back."""

    callback_id: int
    process: Process
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another turn is to be taken now."""
    _told: bool = False
    """Whether there was a message since the last turn began."""
    _turn: Turn | None = None
    _line: Line = field(default_factory=Line)
    _batches: dict[int, Formed] = field(default_factory=dict)
    _posting: set[asyncio.Task[bool]] = field(default_factory=set)
    _writing: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    _standing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the database learns what an answer means for the callback: one after the other, as they came."""
    _failing: bool = False
    _release_at: datetime | None = None
    """When a success may let a parked batch go though none has failed since the last one."""
    _posted: bool = False
    _closed: bool = False
    _fault: BaseException | None = None
    _sure_until: float = 0.0

    def tell(self) -> None:
        """There may be more to deliver."""
        self._told = True
        self._news.set()

    async def run(self) -> bool:
        """Deliver until nothing is left to post now, and give whether there is more by then.

        Leaves at once when another worker does it. Raises what has gone wrong, such as DatabaseError, after giving the
        lease back; the sweep then begins anew.
        """
        claim_id = await self.process.in_database(lambda: turns.acquire(self.callback_id))
        if claim_id is None:
            return False
        try:
            await self._work(claim_id)
        except asyncio.CancelledError:
            for task in self._posting:
                task.cancel()
            raise
        finally:
            await self._release(claim_id)
        # What came while the lease was still ours has woken nobody else.
        return self._told or (self._posted and bool(await self.process.in_database(self._due)))

    async def _release(self, claim_id: uuid.UUID) -> None:
        """Give the lease back, if need be once the database is there again; by then it may have lapsed by itself."""
        until = time.monotonic() + LEASE
        while True:
            try:
                await self.process.in_database(lambda: turns.release(self.callback_id, claim_id))
                return
            except DatabaseError:
                if self.process.stopping or time.monotonic() > until:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    def _due(self) -> list[int]:
        return due(clock.now(), self.callback_id)

    async def _work(self, claim_id: uuid.UUID) -> None:
        try:
            while await self._take_turn(claim_id):
                await self._wait()
        except Exception as error:
            self._fault = error
        # Brought to its end, so that the next worker finds no batch that was delivered.
        self._closed = True
        while self._posting or self._writing:
            await asyncio.gather(*self._posting, *self._writing.values(), return_exceptions=True)
        if self._fault:
            raise self._fault

    async def _take_turn(self, claim_id: uuid.UUID) -> bool:
        """Fetch and post what is there. False when there is nothing more to wait for."""
        self._news.clear()
        self._told = False
        if self.process.stopping or self._closed:
            return False
        started, now = time.monotonic(), clock.now()
        known, room = [*self._line, *self._writing], self._room()
        turn = await self.process.in_database(lambda: turns.take_turn(self.callback_id, claim_id, known, room, now))
        if turn is None:
            return False
        self._sure_until = started + LEASE - settings.CALLBACK_TIMEOUT
        self._take_over(turn)
        self._post_ready()
        return bool(self._posting) or self._news.is_set() or self._next_due() < SOON

    def _take_over(self, turn: Turn) -> None:
        """Go by the callback as it is now, and put what is new into the line."""
        before, self._turn = self._turn, turn
        self._failing = self._failing or turn.delivery.failing_since is not None
        self._release_at = turn.release_at
        for batch in turn.batches:
            self._batches[batch.id] = batch
            self._line.add(batch.id, batch.order_keys, batch.due_at)
        if before is not None and before.callback.status_at != turn.callback.status_at:
            self._forget_resting()
        if self._is_more():
            self._news.set()

    def _forget_resting(self) -> None:
        """Whoever resumed the callback has made due what waits: the next turn reads it anew."""
        for batch_id in self._line.resting():
            if batch_id not in self._writing:
                self._line.remove(batch_id)
                del self._batches[batch_id]
        self._news.set()

    def _room(self) -> int:
        """How many more batches to fetch."""
        return max(min(WINDOW - self._line.busy(), LONGEST_LINE - len(self._line)), 0)

    def _is_more(self) -> bool:
        """Whether it is time to fetch more of what is in the database."""
        return self._turn is not None and self._turn.more and self._room() > WINDOW // 2

    def _next_due(self) -> float:
        """Seconds until the next batch in line is due."""
        due_at = self._line.next_due()
        return (due_at - clock.now()).total_seconds() if due_at else math.inf

    async def _wait(self) -> None:
        """Until there is news, or something is due, or some time has passed."""
        patience = LOOK_AGAIN if self._posting else min(max(self._next_due(), 0.0), LOOK_AGAIN)
        # Not `wait_for`, which may swallow that this is cancelled (Python 3.11).
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._news.wait()

    def _post_ready(self) -> None:
        """Begin to post what may go, up to the cap."""
        turn = self._turn
        assert turn
        cap = 1 if turn.probing else self.process.cap
        while len(self._posting) < cap and not self._closed and time.monotonic() < self._sure_until:
            batch_id = self._line.take(clock.now())
            if batch_id is None:
                break
            self._posted = True
            task = asyncio.create_task(self._deliver(turn, self._batches[batch_id]))
            self._posting.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[bool]) -> None:
        """The next batch follows at once, or with the next turn."""
        self._posting.discard(task)
        if task.cancelled():
            return
        self._fault = self._fault or task.exception()
        self._closed = self._closed or self._fault is not None
        if not self._closed and task.result():
            self._post_ready()
            if self._posting and not self._is_more():
                return
        self._news.set()

    async def _deliver(self, turn: Turn, batch: Formed) -> bool:
        """Post one batch; whether the next may follow at once."""
        if batch.expires_at <= clock.now():
            self._settle(batch, State.EXPIRED, None)
            return True
        answer = await post(self.process.session, turn.recipient, batch)
        tried = msgspec.structs.replace(batch, tries=batch.tries + 1)
        if answer.succeeded:
            self._settle(tried, State.DELIVERED, answer)
            return not await self._note_success(turn)
        self._put_back(turn, tried, answer)
        await self._note_failure(turn, tried, answer)
        return False

    def _settle(self, batch: Formed, state: Batch.State, answer: Answer | None) -> None:
        """The batch leaves the line for good, or until something puts it back."""
        self._line.remove(batch.id)
        del self._batches[batch.id]
        self._write(Result(self.callback_id, batch.id, state, batch.tries, batch.due_at, answer))

    def _put_back(self, turn: Turn, batch: Formed, answer: Answer) -> None:
        """After a failure: back into the line, or parked."""
        due_at = _due_again(turn, batch, answer)
        if due_at is None or due_at >= batch.expires_at:
            released_at = turn.policy.released_at(answer.at, batch.tries)
            self._settle(msgspec.structs.replace(batch, due_at=released_at), State.PARKED, answer)
        else:
            self._batches[batch.id] = msgspec.structs.replace(batch, due_at=due_at)
            self._line.back(batch.id, due_at)
            self._write(Result(self.callback_id, batch.id, State.WAITING, batch.tries, due_at, answer))

    def _write(self, result: Result) -> None:
        written = self._writing[result.batch_id] = self.process.write(result)

        def forget(done: asyncio.Future[None]) -> None:
            if self._writing.get(result.batch_id) is done:
                del self._writing[result.batch_id]

        written.add_done_callback(forget)

    async def _note_failure(self, turn: Turn, batch: Formed, answer: Answer) -> None:
        """What the failure means for the callback as a whole."""
        now = clock.now()
        async with self._standing:
            if not self._failing:
                self._failing = True
                await self.process.in_database(lambda: recovery.failing(self.callback_id, now))
            if answer.status == HTTP_GONE:
                self._closed = True
                await self.process.in_database(lambda: recovery.gone(turn.callback))
            elif turn.probing:
                self._closed = True
                await self.process.in_database(lambda: recovery.probe_failed(turn.delivery, now, _asked(answer)))
            elif turn.policy.is_exhausted(batch.tries):
                await self.process.in_database(lambda: recovery.exhausted(turn.callback, now))

    async def _note_success(self, turn: Turn) -> bool:
        """After the first success after failures what is stored goes at once: True, the next turn has it all."""
        async with self._standing:
            now = clock.now()
            if not self._failing and (self._release_at is None or self._release_at > now):
                return False
            # What has just been parked is to go too.
            await asyncio.gather(*self._writing.values())
            resting = self._line.resting()
            hurried = await self.process.in_database(
                lambda: recovery.recovered(turn.callback, turn.policy, now, resting)
            )
            self._failing, self._release_at = False, None
            for batch_id in hurried:
                if batch_id in self._line:
                    self._line.hurry(batch_id, now)
            return True


def _due_again(turn: Turn, batch: Formed, answer: Answer) -> datetime | None:
    """When a batch that has just failed may be tried again; None when its tries are used up."""
    now = clock.now()
    if answer.status == HTTP_GONE or (turn.probing and not turn.policy.is_exhausted(batch.tries)):
        return now
    return turn.policy.next_try(batch.tries, now, _asked(answer))


def _asked(answer: Answer) -> timedelta | None:
    """How long the subscriber has asked us to wait."""
    return None if answer.retry_after is None else timedelta(seconds=answer.retry_after)
