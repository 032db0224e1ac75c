"""The subscribers' web server: it keeps what it gets in memory, and is never killed. One of them flaps."""

import asyncio
import hashlib
import json
import random
import threading
import time
from dataclasses import dataclass, field

from aiohttp import web

from tests.faults.crash.plan import FLAPPING, Plan


@dataclass(frozen=True)
class Request:
    """One request as it came; only an accepted one, answered 200, counts as an arrival."""

    callback: int
    webhook_id: str
    digest: str
    numbers: tuple[int, ...]
    accepted: bool


@dataclass
class Subscribers:
    """Runs in a thread; each callback has a path of its own."""

    plan: Plan
    requests: list[Request] = field(default_factory=list)
    """In the order in which they were answered."""
    arrived: set[int] = field(default_factory=set)
    """Numbers of events that were accepted."""
    calm: bool = False
    """Set it to end the flapping."""

    def __post_init__(self) -> None:
        self._draw = random.Random(f"subscribers {self.plan.seed}")
        self._down_until = self._up_until = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def target(self, callback: int) -> str:
        return f"http://127.0.0.1:{self.port}/{callback}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _open(self) -> int:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post("/{callback}", self._take)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return int(self._runner.addresses[0][1])

    async def _take(self, request: web.Request) -> web.Response:
        callback = int(request.match_info["callback"])
        body = await request.read()
        await asyncio.sleep(self._slowness())
        accepted = callback != FLAPPING or self._is_up()
        numbers = tuple(event["number"] for event in json.loads(body)["events"])
        digest = hashlib.sha256(body).hexdigest()
        self.requests.append(Request(callback, request.headers["webhook-id"], digest, numbers, accepted))
        if accepted:
            self.arrived.update(numbers)
            return web.Response()
        if self._draw.random() < 0.5 and request.transport:
            request.transport.abort()
        return web.Response(status=500)

    def _slowness(self) -> float:
        """Seconds until the answer; now and then much longer, so that a kill finds requests under way."""
        return self._draw.uniform(0.2, 0.4) if self._draw.random() < 0.05 else self._draw.uniform(0, 0.03)

    def _is_up(self) -> bool:
        now = time.monotonic()
        while now >= self._up_until:
            self._down_until = self._up_until + self._draw.uniform(*self.plan.down)
            self._up_until = self._down_until + self._draw.uniform(*self.plan.down)
        return self.calm or now >= self._down_until
