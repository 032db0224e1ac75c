"""One request as our web server would hand it over: its body comes as a test says, and its reader reads as it says."""

import asyncio
from collections.abc import Sequence
from typing import Any

from fleetremote.front.asgi_types import Application, Message, Scope
from fleetremote.front.bodies import bounded


class Connection:
    """`pieces` come at once; then nothing more, unless `is_whole`. A reader who `is_stuck` takes nothing."""

    def __init__(
        self,
        path: str,
        pieces: Sequence[bytes] = (),
        *,
        headers: Sequence[tuple[bytes, bytes]] = ((b"transfer-encoding", b"chunked"),),
        is_whole: bool = True,
        is_stuck: bool = False,
    ) -> None:
        self.scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": list(headers),
        }
        self._messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": not is_whole or number + 1 < len(pieces)}
            for number, piece in enumerate(pieces)
        ]
        self._is_stuck = is_stuck
        self.has_left = asyncio.Event()
        self.read = 0
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if not self._messages:
            await self.has_left.wait()
            return {"type": "http.disconnect"}
        message = self._messages.pop(0)
        self.read += len(message["body"])
        return message

    async def send(self, message: Message) -> None:
        if self._is_stuck and message["type"] == "http.response.body":
            await asyncio.Event().wait()
        self.sent.append(message)

    async def served_by(self, application: Application) -> None:
        await bounded(application, self.scope, self.receive, self.send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


class Served:
    """An application that answers 200 with the body that it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        message = await receive()
        assert not message["more_body"]
        self.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": message["body"], "more_body": False})
