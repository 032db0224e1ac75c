"""Looks up who has posted a notification, where memory does not know: all who wait at the time together.

Strangers may ask by the thousand, and the statements run in the thread that stores notifications. So after a look that
has found some the next one waits for a moment. Nobody is refused by what was read before they asked: a secret that is
new since then is found by the next look.
"""

import asyncio

from asgiref.sync import sync_to_async

from fleets.storage.sql import reconnecting
from remotes.intake import webhook

PAUSE = 0.25
"""Seconds between two looks, of which the first has found a stranger."""

MAX_TOGETHER = 500

Found = asyncio.Future[webhook.Sender | None]


class LookUps:
    """One for each event loop; where its statements run, see IngestGroup."""

    def __init__(self) -> None:
        self._waiting: list[tuple[webhook.Shown, Found]] = []
        self._looking: asyncio.Task[None] | None = None
        self._not_before = 0.0

    async def sender(self, shown: webhook.Shown) -> webhook.Sender | None:
        """Who proves to be whom, None for a stranger; raises what was wrong when it could not be looked up."""
        loop = asyncio.get_running_loop()
        found: Found = loop.create_future()
        self._waiting.append((shown, found))
        if self._looking is None:
            self._looking = loop.create_task(self._look())
        return await found

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time
        while self._waiting:
            await asyncio.sleep(max(0.0, self._not_before - now()))
            together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
            senders = await _authenticated([shown for shown, _ in together])
            for (_, found), sender in zip(together, senders, strict=True):
                _settle(found, sender)
            self._not_before = now() + PAUSE if None in senders else 0.0
        self._looking = None


async def _authenticated(asking: list[webhook.Shown]) -> list[webhook.Sender | None] | list[Exception]:
    try:
        return await sync_to_async(reconnecting)(lambda: webhook.authenticate(asking))
    except Exception as error:
        return [error] * len(asking)


def _settle(found: Found, sender: webhook.Sender | Exception | None) -> None:
    if found.done():
        return
    if isinstance(sender, Exception):
        found.set_exception(sender)
    else:
        found.set_result(sender)
