"""Streams over ASGI: who asks and what they may see is a short look in a thread, and all that follows needs none.

The body of a request is not read, and a reader who takes nothing is left. docs/bounds.md, “Streams”.
"""

import asyncio
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.urls import Resolver404, resolve, set_script_prefix

from console.stream import Stream
from fleetremote.front.asgi_types import Receive, Scope, Send
from fleetremote.front.per_loop import PerLoop
from fleetremote.front.refusals import has_body
from fleetremote.front.tries.doors import session_key
from fleetremote.streams.hub import RETRY_AFTER, Hub, Refused
from fleetremote.streams.reader import Reader
from fleetremote.streams.threads import OPENING, in_thread
from fleetremote.wsgi import application as _django

# Requests that wait to be looked at; more are refused at once.
WAITING = 200
# Seconds in which a reader has to take what is sent.
PATIENCE = 10.0

_BUSY = "Too many live pages are being opened. Until there is room, the page asks for its news."
_BODY = "A stream is asked for without a body."

_hub = PerLoop(Hub)
_waiting = 0


def is_stream(path: str) -> bool:
    """Whether this is the address of a stream; it need not lead to anything."""
    if not path.endswith("/live"):
        return False
    try:
        return hasattr(resolve(path).func, "is_stream")
    except Resolver404:
        return False


async def serve_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """…/live: events until the reader leaves or may not see any more; else what Django answers.

    429 when the person has too many, 503 when the server has or can't tell news; both with Retry-After.
    """
    if has_body(scope):
        await _send_whole(send, HttpResponse(_BODY, status=400, content_type="text/plain; charset=utf-8"))
        return
    response = HttpResponse()
    try:
        _hub().check_session(session_key(scope))
        response = await _looked_at(scope)
        if not isinstance(response, Stream):
            await _send_whole(send, response)
            return
        async with _hub().reading(response.news) as reader:
            await _send_parts(reader, response, receive, send)
    except Refused as refused:
        await _send_whole(send, _refusal(refused, response))


async def _looked_at(scope: Scope) -> HttpResponse:
    """Django's answer, by way of all its middleware, to a request without a body. Raises Refused."""
    global _waiting
    if _waiting >= WAITING:
        raise Refused(503, _BUSY)
    _waiting += 1
    try:
        return await in_thread(OPENING, lambda: _answer(scope))
    finally:
        _waiting -= 1


def _answer(scope: Scope) -> HttpResponse:
    set_script_prefix("/")
    response = _django.get_response(ASGIRequest(scope, BytesIO()))
    assert isinstance(response, HttpResponse), "a stream's view answers at once"
    return response


def _refusal(refused: Refused, response: HttpResponse) -> HttpResponse:
    """With the other headers that the response has already."""
    response.status_code = refused.status
    response.content = refused.words.encode()
    response["Content-Type"] = "text/plain; charset=utf-8"
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Retry-After"] = str(RETRY_AFTER)
    # Else each that was refused keeps a connection of the server's for as long as it likes.
    response["Connection"] = "close"
    return response


async def _send_whole(send: Send, response: HttpResponse) -> None:
    await send(_start(response))
    await send({"type": "http.response.body", "body": response.content})


async def _send_parts(reader: Reader, response: Stream, receive: Receive, send: Send) -> None:
    leaving = asyncio.create_task(_left(receive, reader))
    del response["Content-Length"]
    try:
        await _taken(send, _start(response))
        async for part in reader.parts():
            await _taken(send, {"type": "http.response.body", "body": part, "more_body": True})
        await _taken(send, {"type": "http.response.body", "body": b""})
    except TimeoutError:
        # Takes nothing: to end here closes the connection.
        return
    finally:
        leaving.cancel()


async def _taken(send: Send, message: dict[str, Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        await send(message)


async def _left(receive: Receive, reader: Reader) -> None:
    """End the stream when its reader goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.end()


def _start(response: HttpResponse) -> dict[str, Any]:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"set-cookie", cookie.OutputString().encode("latin-1")) for cookie in response.cookies.values()]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}
