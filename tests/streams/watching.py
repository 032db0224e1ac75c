"""A browser that reads a stream, as the web server hands it to the application; nothing is in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from fleetremote.asgi import application

START = b"retry: 2000\nevent: changed\ndata: start\n\n"
NEWS = b"event: changed\ndata: news\n\n"
END = b""

# Seconds after which what should come does not.
SOON = 10.0


class Browser:
    """A person's, logged in; `posts` makes its other requests."""

    def __init__(self, person: User | None = None) -> None:
        self.posts = Client()
        if person is not None:
            self.posts.force_login(person)
        self._cookies = SimpleCookie(self.posts.cookies).output(attrs=[], header="", sep=";").strip()

    @asynccontextmanager
    async def watching(self, path: str, **given: Any) -> AsyncIterator["Watched"]:
        """Ask for the address, and leave at the end of the block."""
        watched = Watched()
        work = asyncio.ensure_future(application(self.scope(path, **given), watched.receive, watched.send))
        try:
            yield watched
        finally:
            watched.leave()
            async with asyncio.timeout(SOON):
                await work

    def scope(self, path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
        sent = {"host": "127.0.0.1:8000", "cookie": self._cookies, **headers}
        return {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50_000),
        }


class Watched:
    """What has come of it."""

    def __init__(self) -> None:
        self.takes = asyncio.Event()
        self.takes.set()
        self.asked_for_body = False
        self._left = asyncio.Event()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def receive(self) -> dict[str, Any]:
        if not self.asked_for_body:
            self.asked_for_body = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        await self.takes.wait()
        self._sent.put_nowait(message)

    def leave(self) -> None:
        self._left.set()

    async def status(self) -> int:
        return (await self.start())[0]

    async def start(self) -> tuple[int, dict[str, str]]:
        """Status and headers."""
        message = await self._next()
        return message["status"], {name.decode(): value.decode() for name, value in message["headers"]}

    async def part(self) -> bytes:
        """The next piece of the body; END is its end."""
        return (await self._next())["body"]

    async def has_begun(self) -> None:
        assert await self.status() == 200
        assert await self.part() == START

    async def _next(self) -> dict[str, Any]:
        async with asyncio.timeout(SOON):
            return await self._sent.get()
