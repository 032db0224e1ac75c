"""A subscriber's web server for tests: keeps what it gets, and answers as it is told."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.document["events"]

    @property
    def actions(self) -> list[str]:
        return [event["remoteActionId"] for event in self.events]


Behave = Callable[[Got], int | web.Response]


def _always_200(_: Got) -> int:
    return 200


@dataclass
class Sink:
    """Runs in a thread. `behave` gives the status or the whole answer of each request."""

    got: list[Got] = field(default_factory=list)
    behave: Behave = _always_200
    under_way: int = 0
    most_under_way: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._free = asyncio.Event()
        self._free.set()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def actions(self) -> list[str]:
        """The ids of the remote actions of all events, as they came."""
        return [action for got in self.got for action in got.actions]

    def hold(self) -> None:
        """Keep answers back until `let_go`."""
        self._loop.call_soon_threadsafe(self._free.clear)

    def let_go(self) -> None:
        self._loop.call_soon_threadsafe(self._free.set)

    def close(self) -> None:
        self.let_go()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self) -> int:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return self._runner.addresses[0][1]

    async def _close(self) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        got = Got(request.path, dict(request.query), dict(request.headers), await request.read())
        self.got.append(got)
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        try:
            await self._free.wait()
            answer = self.behave(got)
        finally:
            self.under_way -= 1
        return answer if isinstance(answer, web.Response) else web.Response(status=answer)
