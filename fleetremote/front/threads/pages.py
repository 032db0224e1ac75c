"""Django over WSGI behind the event loop: a thread is held while it works, never while a client sends or reads.

The body is there before a thread is taken. The answer is made into memory, and the thread is free again; only what
gets longer than AT_ONCE keeps it, in one of LONG places beside the others. Where those are all taken, the one that has
waited longest for its reader ends.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from fleetremote.front.asgi_types import Receive, Scope, Send
from fleetremote.front.leaving import leaving_of
from fleetremote.front.readers import Gone
from fleetremote.front.threads import turns
from fleetremote.front.threads.environ import Environ, environ_of
from fleetremote.front.threads.turns import Turns, asker_of
from fleetremote.front.tries.doors import session_key
from fleetremote.wsgi import IS_LOGGED_IN

AT_ONCE = 2 * 1024 * 1024
"""Bytes of an answer that are made without waiting for the reader."""

LONG = 8
"""Longer answers that a process makes at a time, each with its thread."""

WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Pages:
    """An ASGI application around the WSGI one; `receive` must give the whole body at once."""

    def __init__(self, application: WsgiApplication, threads: int) -> None:
        """`threads` work at a time, those of long answers aside."""
        self._application = application
        self._turns = Turns(threads)
        self._threads = ThreadPoolExecutor(threads + LONG, thread_name_prefix="pages")
        self._long: dict[_Answer, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope, (await receive()).get("body", b""))
        answer = _Answer(asyncio.get_running_loop())
        async with self._turns.turn(asker_of(scope), leaving_of(scope)):
            self._threads.submit(contextvars.copy_context().run, answer.make, self._application, environ)
            await answer.has_news.wait()
        if environ.get(IS_LOGGED_IN):
            turns.SESSIONS.add(session_key(scope).encode())
        try:
            await self._tell(answer, send)
        finally:
            self._long.pop(answer, None)
            answer.end()

    async def _tell(self, answer: "_Answer", send: Send) -> None:
        if not answer.is_whole:
            self._make_place()
        body, is_last = answer.taken()
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        while True:
            if not is_last:
                # The one that has waited longest stands first.
                self._long.pop(answer, None)
                self._long[answer] = None
            if body or is_last:
                await send({"type": "http.response.body", "body": body, "more_body": not is_last})
            if is_last:
                return
            await answer.has_news.wait()
            body, is_last = answer.taken()

    def _make_place(self) -> None:
        while len(self._long) >= LONG:
            first = next(iter(self._long))
            del self._long[first]
            first.end()


class _Answer:
    """What a thread makes and the event loop hands on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_whole = False
        self.has_news = asyncio.Event()
        self._loop = loop
        self._held = bytearray()
        self._failed: BaseException | None = None
        self._is_over = False
        self._changed = threading.Condition()

    # For the event loop.

    def taken(self) -> tuple[bytes, bool]:
        """What has been made since, and whether that is the last of it. Raises what the making raised, or Gone."""
        with self._changed:
            if self._failed is not None:
                raise self._failed
            if self._is_over:
                raise Gone
            body = bytes(self._held)
            self._held.clear()
            if not self.is_whole:
                self.has_news.clear()
            self._changed.notify()
            return body, self.is_whole

    def end(self) -> None:
        """Nobody reads on."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        self.has_news.set()

    # For the thread.

    def make(self, application: WsgiApplication, environ: Environ) -> None:
        try:
            made = application(environ, self._start)
            try:
                for piece in made:
                    self._write(piece)
            finally:
                getattr(made, "close", lambda: None)()
        except Gone:
            pass
        except BaseException as error:
            self._failed = error
        finally:
            self.is_whole = True
            self._tell()

    def _start(self, status: str, headers: Sequence[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._write

    def _write(self, piece: bytes) -> None:
        """Waits while much is held. Raises Gone."""
        with self._changed:
            self._held += piece
            while len(self._held) >= AT_ONCE and not self._is_over:
                self._tell()
                self._changed.wait()
            if self._is_over:
                raise Gone

    def _tell(self) -> None:
        # The event loop may have ended with the process.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.has_news.set)
