"""Bodies are read in the event loop before any thread is taken: so much, so fast, and in so much memory. Nothing is
written to disk.
"""

import asyncio
import traceback
from collections.abc import Hashable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from fleetremote.front import askers
from fleetremote.front.asgi_types import Application, Message, Receive, Scope, Send
from fleetremote.front.leaving import Leaving, with_leaving
from fleetremote.front.limits import limits_of
from fleetremote.front.readers import Gone, patient
from fleetremote.front.refusals import Left, Refused, has_body, no_room, refuse, too_large, too_slow
from fleetremote.front.room import NoRoom, Room, Share
from fleetremote.front.threads.turns import Asker, asker_of

PATIENCE = 10.0
"""Seconds that a body may keep us waiting, and one more for each LEAST_RATE bytes of it that came."""

LEAST_RATE = 8 * 1024

LONGEST = 120.0
"""Seconds that it may take in all."""

_PIECES = 1024
_LEAST_PIECE = 256
"""Bytes on average, once there were _PIECES: each piece costs as much work as a large one."""

STRANGERS = Room(4 * 1024 * 1024)
KNOWN = Room(24 * 1024 * 1024)
UPSTREAM = Room(32 * 1024 * 1024)
"""What a process holds of bodies: of whoever asks, of those who have shown who they are, and of notifications."""


async def bounded(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Have a request answered that has its whole body already, or refuse it."""
    to_reader, leaving = patient(send), Leaving(receive)
    told = with_leaving(scope, leaving)
    with _until_they_leave(), closing(leaving):
        if not has_body(scope):
            await application(told, _given(b""), to_reader)
            return
        asker = asker_of(scope)
        # Whoever is known is not told to come again because strangers send much.
        body = Body(receive, KNOWN if asker.is_known else STRANGERS, asker.whose)
        try:
            with body.share:
                await application(told, _given(await _read(body, scope, asker)), to_reader)
        except Refused as refused:
            await refuse(refused, scope, body, to_reader)


async def unread(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Have a request answered that reads its body itself, or never."""
    with _until_they_leave():
        await application(scope, receive, patient(send))


@contextmanager
def _until_they_leave() -> Iterator[None]:
    try:
        yield
    except (Gone, Left) as error:
        # What was for them is in the frames that this came through, and would stay until garbage is collected.
        traceback.clear_frames(error.__traceback__)


async def _read(body: "Body", scope: Scope, asker: Asker) -> bytes:
    """Small ones of anybody, larger ones once it is known who asks. Raises Refused, or Left."""
    limits, length = limits_of(scope["path"]), _length(scope)
    if length is not None and length > limits.known:
        raise too_large(limits.known)
    if length is None or length <= limits.anybody:
        await body.read(limits.anybody)
    if not body.is_whole or body.size > limits.anybody:
        if limits.ask is None:
            raise too_large(limits.anybody)
        body.move(KNOWN, await askers.known(limits.ask, scope, was_known=asker.is_known))
    return await body.whole(scope, limits.known)


def _length(scope: Scope) -> int | None:
    """What the request says its body is long; None where it does not say."""
    text: bytes | None = dict(scope["headers"]).get(b"content-length")
    # Python reads no number of thousands of digits.
    return int(text) if text is not None and text.isdigit() and len(text) < 20 else None


class Body:
    """One that is being read."""

    def __init__(self, receive: Receive, room: Room, whose: Hashable, *, is_proved: bool = False) -> None:
        """`is_proved`: it is read only once its sender has shown who they are, and so however slowly it comes, or in
        what small pieces, for LONGEST: another try would be no faster.
        """
        self._receive = receive
        self._is_proved = is_proved
        self.is_whole = False
        self._held = bytearray()
        self._pieces = 0
        self._began = asyncio.get_running_loop().time()
        self._limit: asyncio.Timeout | None = None
        self.share: Share = room.share(whose, self._end)

    @property
    def size(self) -> int:
        return len(self._held)

    async def read(self, most: int) -> None:
        """Read to the end, or until it is longer than `most`. Raises Refused, or Left."""
        try:
            async with asyncio.timeout_at(self._until()) as self._limit:
                while not self.is_whole and self.size <= most:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise Left
                    self._add(message.get("body", b""))
                    self.is_whole = not message.get("more_body")
                    self._limit.reschedule(self._until())
        except TimeoutError:
            raise no_room() if self.share.is_over else too_slow() from None
        finally:
            self._limit = None

    async def whole(self, scope: Scope, most: int) -> bytes:
        """All of it, which is in use from now on. Raises Refused, or Left."""
        if (_length(scope) or 0) <= most:
            await self.read(most)
        if not self.is_whole or self.size > most:
            raise too_large(most)
        self.share.is_settled = True
        whole = bytes(self._held)
        self._held = bytearray()
        return whole

    def move(self, room: Room, whose: Hashable) -> None:
        """Hold what has been read in another room. Raises Refused."""
        try:
            self.share.move(room, whose)
        except NoRoom:
            raise no_room() from None

    async def throw_away(self, most: int) -> None:
        """Read on to the end, or to so many bytes, and keep nothing."""
        self._held = bytearray()
        size = 0
        while not self.is_whole and size < most and not self._is_in_crumbs(size):
            message = await self._receive()
            size += len(message.get("body", b""))
            self._pieces += 1
            self.is_whole = not message.get("more_body")

    def _add(self, piece: bytes) -> None:
        self._pieces += 1
        if not self._is_proved and self._is_in_crumbs(self.size):
            raise Refused(400, _("The body comes in too many small pieces. Send larger ones."))
        self._held += piece
        try:
            self.share.take(len(piece))
        except NoRoom:
            raise no_room() from None

    def _is_in_crumbs(self, size: int) -> bool:
        return self._pieces > _PIECES + size / _LEAST_PIECE

    def _until(self) -> float:
        patience = LONGEST if self._is_proved else min(LONGEST, PATIENCE + len(self._held) / LEAST_RATE)
        return self._began + patience

    def _end(self) -> None:
        """Others need the room."""
        self._held = bytearray()
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())


def _given(body: bytes) -> Receive:
    """A whole body, once; and then nothing more, as of somebody who waits for the answer."""
    messages: list[Mapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return dict(messages.pop())
        return {"type": "http.disconnect"}

    return receive
