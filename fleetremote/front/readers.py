"""Answers go out in pieces, and only to those who read them: whoever reads too slowly for too long is left."""

import asyncio

from fleetremote.front.asgi_types import Message, Send
from fleetremote.front.room import NoRoom, WaitingRoom

PATIENCE = 20.0
"""Seconds that an answer may wait for its reader in all, and for each LEAST_RATE bytes that were read one more."""

LEAST_RATE = 8 * 1024

PIECE = 32 * 1024
"""Bytes that are handed over at a time."""

ANSWERS = WaitingRoom(16 * 1024 * 1024)
"""What waits for readers, in a process."""

_SMALL = 64 * 1024
"""The kernel takes so much at once, so it waits nowhere."""


class Gone(Exception):
    """Whoever asked reads no more, or much too slowly."""


def patient(send: Send) -> Send:
    """Send to one reader, in pieces; raises Gone once there is no use in it."""
    reader = _Reader(send)
    return reader.send


class _Reader:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._allowed = PATIENCE
        self._is_left = False
        self._limit: asyncio.Timeout | None = None

    async def send(self, message: Message) -> None:
        body: bytes = message.get("body", b"")
        if len(body) <= PIECE:
            await self._pass_on(message)
            return
        with ANSWERS.share(self, self._leave) as share:
            if len(body) > _SMALL:
                try:
                    share.take(min(len(body), ANSWERS.most // 4))
                except NoRoom:
                    raise Gone from None
            for start in range(0, len(body), PIECE):
                is_last = start + PIECE >= len(body)
                more = message.get("more_body", False) or not is_last
                await self._pass_on({**message, "body": body[start : start + PIECE], "more_body": more})
                share.give_back(PIECE)

    async def _pass_on(self, message: Message) -> None:
        """A second of waiting is one less that is left; what is read earns some."""
        if self._is_left:
            raise Gone
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(self._allowed) as self._limit:
                await self._send(message)
        except TimeoutError:
            self._is_left = True
            raise Gone from None
        finally:
            self._limit = None
        self._allowed += len(message.get("body", b"")) / LEAST_RATE - (now() - began)

    def _leave(self) -> None:
        """Others need the room."""
        self._is_left = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())
