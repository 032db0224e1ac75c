"""Whom we do not know waits for a turn: strangers have some of the threads at a time, and who fails has fewer.

So whoever shows wrong secrets by the thousand leaves the other threads to whom we know. Turns are waited for in
the event loop, first come first served. Known is who has shown the same credentials to this process lately, and they
were right.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakKeyDictionary

from django.utils.translation import gettext_lazy as _

from fleetremote.front import wrong
from fleetremote.front.addresses import who_counts
from fleetremote.front.asgi_types import Application, Message, Receive, Scope, Send
from fleetremote.front.doors import Door, credentials, door_of, was_right
from fleetremote.front.refusals import NOTHING_LEFT, Refused, refuse

OF_WHO_FAILS = 2
"""Turns at a time of one address that shows wrong secrets."""

LOG_INS, LOG_INS_OF_ONE = 2, 1
"""Log-ins at a time, each of which is much work on purpose, in all and of one address."""

LOG_INS_WAITING = 20
"""Log-ins of one address that wait."""

_WORDS = _("Too many people log in from your address at this moment. Try again in a few seconds.")


class Turns:
    """Those of one event loop."""

    def __init__(self, strangers: int) -> None:
        self._strangers = asyncio.Semaphore(strangers)
        self._log_ins = asyncio.Semaphore(LOG_INS)
        self._of_one: dict[tuple[Door, str], tuple[asyncio.Semaphore, int]] = {}

    def are_waiting(self, door: Door, whose: str) -> int:
        """Who has or wants a turn there."""
        return self._of_one[door, whose][1] if (door, whose) in self._of_one else 0

    @asynccontextmanager
    async def turn(self, door: Door, whose: str, of_one: int) -> AsyncIterator[None]:
        """`of_one`: how many of this address have a turn at a time, 0 for as many as there are."""
        async with AsyncExitStack() as stack:
            if of_one:
                await stack.enter_async_context(self._turn_of_one(door, whose, of_one))
            await stack.enter_async_context(self._log_ins if door is Door.LOG_IN else self._strangers)
            yield

    @asynccontextmanager
    async def _turn_of_one(self, door: Door, whose: str, of_one: int) -> AsyncIterator[None]:
        turns, users = self._of_one.get((door, whose), (asyncio.Semaphore(of_one), 0))
        self._of_one[door, whose] = (turns, users + 1)
        try:
            async with turns:
                yield
        finally:
            _, users = self._of_one.pop((door, whose))
            if users > 1:
                self._of_one[door, whose] = (turns, users - 1)


class InTurn:
    """The application, which strangers reach in turn. `threads` are those that it has in all."""

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._strangers = max(1, threads // 2)
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door, shown = door_of(scope), credentials(scope)
        if door is None or (shown and wrong.KNOWN.has(shown)):
            await self._application(scope, receive, send)
            return
        turns, whose, of_one = self._of_this_loop(), who_counts(scope), self._of_one(door, scope)
        if door is Door.LOG_IN and turns.are_waiting(door, whose) > LOG_INS_WAITING:
            await refuse(Refused(429, _WORDS, {"retry-after": "5"}), scope, NOTHING_LEFT, send)
            return
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(turns.turn(door, whose, of_one))

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    if shown and was_right(message):
                        wrong.KNOWN.add(shown)
                    # However slowly they read, the next one is not kept.
                    await turn.aclose()
                await send(message)

            await self._application(scope, receive, sent)

    def _of_one(self, door: Door, scope: Scope) -> int:
        if door is Door.LOG_IN:
            return LOG_INS_OF_ONE
        return OF_WHO_FAILS if wrong.TRIES.is_failing(who_counts(scope)) else 0

    def _of_this_loop(self) -> Turns:
        loop = asyncio.get_running_loop()
        if loop not in self._turns:
            self._turns[loop] = Turns(self._strangers)
        return self._turns[loop]
