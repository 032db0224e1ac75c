"""The web server's application, asked as the server asks it, but with no server in between."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync

from fleetremote.asgi import application


@dataclass(frozen=True)
class Answered:
    """What the application has answered."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def ask(method: str, path: str, body: bytes = b"", authorization: str = "", *, piece: int = 0) -> Answered:
    """Hand over one request, its body in two parts or in those of so many bytes, and shut down: all that it leads to
    has happened then.

    What needs the database runs on this thread, so it sees the transaction of a test.
    """
    return async_to_sync(_asked)(method, path, body, authorization, piece or len(body) // 2 or 1)


async def _asked(method: str, path: str, body: bytes, authorization: str, piece: int) -> Answered:
    cut = [body[start : start + piece] for start in range(0, len(body), piece)]
    parts: list[dict[str, Any]] = [*({"body": each, "more_body": True} for each in cut), {"body": b""}]
    headers = [(b"authorization", authorization.encode())] if authorization else []
    headers += [(b"content-length", str(len(body)).encode())] if body else []
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    start, *pieces = await _told({**scope, "query_string": b""}, [{"type": "http.request", **part} for part in parts])
    await _told({"type": "lifespan"}, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    told_headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answered(start["status"], told_headers, b"".join(piece["body"] for piece in pieces))


async def _told(scope: dict[str, Any], messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the application sends when it is given these messages, one after the other."""
    coming, sent = iter(messages), list[dict[str, Any]]()
    await application(scope, _each(lambda: next(coming)), _each(sent.append))
    return sent


def _each(call: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def called(*given: Any) -> Any:
        return call(*given)

    return called
