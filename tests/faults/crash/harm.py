"""Does the plan's harm as the arrivals come to its marks, and knows when all is over."""

import random
import time
from collections import Counter

import psycopg
import redis

from launcher.process import Child
from launcher.supervisor import Service
from tests.faults.crash.house import CrashHouse
from tests.faults.crash.plan import CLOCK, FLUSH, POINTS, POSTGRES, REDIS, SWEEPER, WORKER
from tests.faults.crash.subscribers import Subscribers

_LEFT = """
SELECT (SELECT count(*) FROM callbacks_notification),
    (SELECT count(*) FROM callbacks_batch WHERE state IN ('waiting', 'parked'))
"""

LOOK_AGAIN = 0.25
"""Seconds between looks at the database, at the end."""

REST = 5.0
"""Seconds without news after which nothing can be harmed any more."""


class Hung(Exception):
    """Nothing arrived any more, though not all had."""


class Conductor:
    """`step` is called again and again, and does what is due."""

    def __init__(self, house: CrashHouse, subscribers: Subscribers, producer: Child) -> None:
        self._done: Counter[str] = Counter()
        self._house, self._subscribers, self._producer = house, subscribers, producer
        self._ahead = house.plan.harms()
        self._draw = random.Random(f"victims {house.plan.seed}")
        self._seen = (0, 0)
        self._news_at = time.monotonic()
        self._looked_at = 0.0

    @property
    def done(self) -> Counter[str]:
        """How often each harm was done."""
        return self._done - Counter(order.rpartition(" ")[0] for order in self._orders())

    def step(self) -> str | None:
        """None when all is over, else what is still to come. Raises Hung."""
        progress = len(self._subscribers.arrived)
        self._watch(progress)
        while self._ahead and self._ahead[0][0] <= progress and self._do(self._ahead[0][1]):
            self._done[self._ahead.pop(0)[1]] += 1
        if not self._ahead:
            self._house.reserve.touch()
        if self._producer.poll() is None:
            return f"{progress} events have arrived"
        to_come = len(self._ahead) + len(self._orders())
        self._subscribers.calm = not to_come
        if left := self._what_is_left():
            return left
        if to_come and time.monotonic() < self._news_at + REST:
            return f"{to_come} harms are not done"
        return None

    def _watch(self, progress: int) -> None:
        if code := self._producer.poll():
            raise Hung(f"the producer ended with {code}:\n{self._house.log('producer')}")
        seen = (progress, len(self._subscribers.requests))
        if seen != self._seen:
            self._seen, self._news_at = seen, time.monotonic()
        elif time.monotonic() > self._news_at + self._house.plan.patience:
            raise Hung(f"{seen[0]} events arrived in {seen[1]} requests, then nothing more; {self._ahead[:1]} next")

    def _do(self, harm: str) -> bool:
        """False when it can't be done now."""
        house = self._house
        if harm in POINTS:
            (house.orders / f"{harm} {len(self._ahead)}").touch()
            return True
        if harm == FLUSH:
            return self._flush()
        targets = {
            SWEEPER: [house.sweeper],
            CLOCK: [house.clock],
            REDIS: [house.redis_service],
            POSTGRES: [house.postgres],
            WORKER: house.workers,
        }
        return self._kill(self._draw.choice(targets[harm]))

    def _kill(self, service: Service) -> bool:
        """SIGKILL it with all in its group, once it runs."""
        if not service.ready or service.child is None or service.child.poll() is not None:
            return False
        service.child.kill()
        return True

    def _flush(self) -> bool:
        try:
            with self._house.redis() as client:
                return bool(client.flushall())
        except redis.RedisError:
            return False

    def _orders(self) -> list[str]:
        """Those that nobody has come to yet."""
        return [order.name for order in self._house.orders.iterdir()]

    def _what_is_left(self) -> str | None:
        if time.monotonic() < self._looked_at + LOOK_AGAIN:
            return "looked a moment ago"
        self._looked_at = time.monotonic()
        try:
            ((events, batches),) = self._house.ask(_LEFT)
        except psycopg.OperationalError as error:
            return str(error)
        return f"{events} events and {batches} batches wait" if events or batches else None
