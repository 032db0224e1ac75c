"""Answers to wrong secrets come late, later with each, by the address that they came from; right ones never do.

The secret is checked at once, and the request is over, its thread and its body gone, before the answer waits: in the
event loop, where it costs a few kilobytes.
"""

import math
from asyncio import sleep
from collections import Counter

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fleetremote.front.addresses import who_counts
from fleetremote.front.asgi_types import Application, Message, Receive, Scope, Send
from fleetremote.front.refusals import NOTHING_LEFT, Refused, refuse
from fleetremote.front.tries import wrong
from fleetremote.front.tries.doors import credentials, door_of, was_wrong

WAITING_OF_ONE, WAITING = 100, 1000
"""Answers that wait, of one address and in all; what comes beyond that is 429 at once."""

_WORDS = _("Too many wrong secrets have come from your address. Try again in {seconds} seconds, with the right one.")


class Slowed:
    """The application, whose answers to wrong secrets wait."""

    def __init__(self, application: Application, tries: wrong.Tries = wrong.TRIES) -> None:
        self._application = application
        self._tries = tries
        self._waiting: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door, whose = door_of(scope), who_counts(scope)
        if door is None or not whose:
            await self._application(scope, receive, send)
            return
        held: list[Message] = []

        async def sent(message: Message) -> None:
            if held or (message["type"] == "http.response.start" and was_wrong(door, scope, message)):
                held.append(message)
            else:
                await send(message)

        await self._application(scope, receive, sent)
        if held:
            await self._answer_late(whose, held, scope, send)

    async def _answer_late(self, whose: str, held: list[Message], scope: Scope, send: Send) -> None:
        shown = credentials(scope)
        # A token that has just ended, a client's password that was changed: nobody guesses there.
        seconds = 0.0 if shown and wrong.KNOWN.has(shown) else self._tries.count(whose)
        if seconds and (self._waiting[whose] >= WAITING_OF_ONE or self._waiting.total() >= WAITING):
            await refuse(_too_many(), scope, NOTHING_LEFT, send)
            return
        if seconds:
            await self._wait(whose, seconds)
        for message in held:
            await send(message)

    async def _wait(self, whose: str, seconds: float) -> None:
        self._waiting[whose] += 1
        try:
            await sleep(seconds)
        finally:
            self._waiting[whose] -= 1
            if not self._waiting[whose]:
                del self._waiting[whose]


def _too_many() -> Refused:
    seconds = math.ceil(wrong.LONGEST)
    return Refused(429, format_lazy(_WORDS, seconds=seconds), {"retry-after": str(seconds)})
