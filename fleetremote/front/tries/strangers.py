"""Whom we do not know waits for a turn: strangers have some of the threads at a time, and who fails has fewer.

So whoever shows wrong secrets by the thousand leaves the other threads to whom we know. Turns are waited for in the
event loop. Known is who has shown the same credentials to this process lately, and they were right.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from django.utils.translation import gettext_lazy as _

from fleetremote.front.addresses import who_counts
from fleetremote.front.asgi_types import Application, Message, Receive, Scope, Send
from fleetremote.front.leaving import Leaving, leaving_of
from fleetremote.front.per_loop import PerLoop
from fleetremote.front.refusals import NOTHING_LEFT, RETRY_AFTER, Left, Refused, refuse
from fleetremote.front.tries import wrong
from fleetremote.front.tries.doors import Door, credentials, door_of, was_right

OF_WHO_FAILS = 2
"""Turns at a time of one address that shows wrong secrets."""

LOG_INS, LOG_INS_OF_WHO_FAILS = 2, 1
"""Log-ins at a time, each of which is much work on purpose, in all and of one address that fails."""

LOG_INS_WAITING = 50
"""Log-ins of one address that wait."""

_WORDS = _("Too many people log in from your address at this moment. Try again in a few seconds.")


class Line:
    """Who waits for a turn of one address. Who came last goes first: a crowd that came before is no hindrance then, and
    whom it would keep waiting for long has nothing right to show, else they were known.
    """

    def __init__(self, most: Callable[[], int]) -> None:
        """`most`: how many have a turn at a time, by now."""
        self._most = most
        self._at_work = 0
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        return self._at_work + len(self._waiting)

    async def enter(self, leaving: Leaving) -> None:
        """Raises Left."""
        if self._at_work < self._most():
            self._at_work += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await leaving.wait_for(turn)
        except (asyncio.CancelledError, Left):
            if not turn.cancelled():
                self.leave()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        self._at_work -= 1
        while self._waiting and self._at_work < self._most():
            turn = self._waiting.pop()
            # Whoever has left is about to say so.
            if not turn.cancelled():
                self._at_work += 1
                turn.set_result(None)


class Turns:
    """Those of one event loop: `strangers` at a time, and fewer of an address that fails."""

    def __init__(self, strangers: int) -> None:
        self._most = strangers
        self._strangers = asyncio.Semaphore(strangers)
        self._log_ins = asyncio.Semaphore(LOG_INS)
        self._lines: dict[tuple[Door, str], Line] = {}

    def wanted(self, door: Door, whose: str) -> int:
        """How many of the address have or want a turn there."""
        return len(self._lines.get((door, whose), ()))

    @asynccontextmanager
    async def turn(self, door: Door, whose: str, leaving: Leaving) -> AsyncIterator[None]:
        # The doors of programs are one to strangers.
        door = door if door is Door.LOG_IN else Door.API
        line = self._lines.setdefault((door, whose), Line(lambda: self._of_one(door, whose)))
        try:
            await line.enter(leaving)
            try:
                async with self._log_ins if door is Door.LOG_IN else self._strangers:
                    yield
            finally:
                line.leave()
        finally:
            if not line:
                self._lines.pop((door, whose), None)

    def _of_one(self, door: Door, whose: str) -> int:
        is_failing = wrong.TRIES.is_failing(whose)
        if door is Door.LOG_IN:
            return LOG_INS_OF_WHO_FAILS if is_failing else LOG_INS
        return OF_WHO_FAILS if is_failing else self._most


class InTurn:
    """The application, which strangers reach in turn. `threads` are those that it has in all."""

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._turns = PerLoop(lambda: Turns(max(1, threads // 2)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door, shown = door_of(scope), credentials(scope)
        if door is None or (shown and wrong.KNOWN.has(shown)):
            await self._application(scope, receive, send)
            return
        turns, whose = self._turns(), who_counts(scope)
        if door is Door.LOG_IN and turns.wanted(door, whose) > LOG_INS_WAITING:
            await refuse(Refused(429, _WORDS, {"retry-after": str(RETRY_AFTER)}), scope, NOTHING_LEFT, send)
            return
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(turns.turn(door, whose, leaving_of(scope)))

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    if shown and was_right(message):
                        wrong.KNOWN.add(shown)
                    # However slowly they read, the next one is not kept.
                    await turn.aclose()
                await send(message)

            await self._application(scope, receive, sent)
