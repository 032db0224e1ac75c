"""Notifications over HTTP: one shell around authenticate, read, store and tell, whichever server takes them in.

Our web server hands them over as they come (`receive_notification`): no middleware, and many are stored at a time.
Any other server reaches the same through Django (`notification`), one at a time.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from api.v3.errors import ERRORS
from fleets.storage.away import RETRY_AFTER, is_away
from fleets.storage.sql import reconnecting
from remotes.intake import webhook
from remotes.intake.ingest_group import IngestGroup

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

logger = logging.getLogger(__name__)

_TOO_LARGE = f"A notification has at most {webhook.MAX_BODY} bytes; post it in smaller batches."

_groups: WeakKeyDictionary[asyncio.AbstractEventLoop, IngestGroup] = WeakKeyDictionary()


@dataclass(frozen=True)
class Answer:
    """A status, and what is wrong unless it is 200."""

    status: int
    message: str = ""

    @property
    def body(self) -> bytes:
        """What upstream is shown: errors in the published shape."""
        return json.dumps(ERRORS.body(self.status, self.message)).encode() if self.message else b"{}"

    @property
    def headers(self) -> dict[str, str]:
        more = {405: {"allow": "POST"}, 503: {"retry-after": str(RETRY_AFTER)}}.get(self.status, {})
        return {"content-type": "application/json", "content-length": str(len(self.body)), **more}


async def receive_notification(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """/webhook/<webhook id>/<secret>, or without the secret as upstream was told once, over ASGI."""
    authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    shown = webhook.shown(scope["path"].removeprefix("/webhook/"), authorization)
    answer = await _answer(scope["method"], shown, await _body(receive), _group())
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


@csrf_exempt
async def notification(request: HttpRequest, place: str) -> HttpResponse:
    """The same over Django. Its event loop may end with the answer, so the news are told before."""
    shown = webhook.shown(place, request.headers.get("Authorization", ""))
    body = request.read(webhook.MAX_BODY + 1)
    group = IngestGroup(webhook.tell)
    answer = await _answer(str(request.method), shown, body if len(body) <= webhook.MAX_BODY else None, group)
    await group.told()
    response = HttpResponse(answer.body, status=answer.status, headers=answer.headers)
    # Django would log the path of what is not answered 200, and there is a secret in it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


async def all_told() -> None:
    """Return once this event loop has nothing left to tell; for a server that ends."""
    await _group().told()


async def _answer(method: str, shown: webhook.Shown, body: bytes | None, group: IngestGroup) -> Answer:
    """200 once it is committed; 405, 401, 413, or when it was not stored 503 or 500. No body: it was too large."""
    if method != "POST":
        return Answer(405, "Notifications are posted.")
    try:
        sender = await _authenticated(shown)
    except (DatabaseError, InterfaceError) as error:
        logger.exception("Who has posted a notification could not be looked up")
        return _not_stored(error)
    if sender is None:
        return Answer(401, webhook.NOT_AUTHENTICATED)
    if body is None:
        return Answer(413, _TOO_LARGE)
    try:
        await group.store(webhook.read(sender, body))
    except Exception as error:
        # The group has logged it.
        return _not_stored(error)
    return Answer(200)


def _not_stored(error: Exception) -> Answer:
    """Upstream posts it again after either."""
    return Answer(503 if is_away(error) else 500, webhook.NOT_STORED)


async def _authenticated(shown: webhook.Shown) -> webhook.Sender | None:
    """Who is not known from memory is looked up: secrets change."""
    return webhook.recognised(shown) or await sync_to_async(_authenticate_from_database)(shown)


def _authenticate_from_database(shown: webhook.Shown) -> webhook.Sender | None:
    return reconnecting(lambda: webhook.authenticate(shown))


def _group() -> IngestGroup:
    loop = asyncio.get_running_loop()
    if loop not in _groups:
        _groups[loop] = IngestGroup(webhook.tell)
    return _groups[loop]


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None when it is too large; what is too large is read to its end and thrown away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= webhook.MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= webhook.MAX_BODY else None
