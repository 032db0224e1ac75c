"""Notifications over HTTP: one shell around authenticate, read, store and tell, whichever server takes them in.

Our web server hands them over as they come (`receive_notification`): no middleware, and many are stored at a time.
Any other server reaches the same through Django (`notification`), one at a time.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from api.v3.errors import ERRORS
from fleetremote.front.asgi_types import Receive, Scope, Send
from fleetremote.front.bodies import UPSTREAM, Body
from fleetremote.front.per_loop import PerLoop
from fleetremote.front.refusals import Refused, answer_unread, too_large
from fleets.storage.away import RETRY_AFTER, is_away
from protocol.parts import TooManyParts
from remotes.intake import ingest, webhook
from remotes.intake.ingest_group import IngestGroup
from remotes.intake.look_ups import LookUps

Read = Callable[[], Awaitable[bytes]]
"""Gives the body, once it is known who has posted it. Raises Refused."""

logger = logging.getLogger(__name__)

_READER = ThreadPoolExecutor(1, "read")

_group = PerLoop(lambda: IngestGroup(webhook.tell))
_look_ups = PerLoop(LookUps)


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


async def receive_notification(scope: Scope, receive: Receive, send: Send) -> None:
    """/webhook/<webhook id>/<secret>, or without the secret as upstream was told once, over ASGI."""
    authorization = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    shown = webhook.shown(scope["path"].removeprefix("/webhook/"), authorization)
    body = Body(receive, UPSTREAM, shown.webhook_id, is_proved=True)
    with body.share:
        answer = await _answer(scope["method"], shown, lambda: body.whole(scope, webhook.MAX_BODY), _group())
    await answer_unread(scope, body, send, answer.status, answer.headers, answer.body)


@csrf_exempt
async def notification(request: HttpRequest, place: str) -> HttpResponse:
    """The same over Django. Its event loop may end with the answer, so the news are told before."""
    shown = webhook.shown(place, request.headers.get("Authorization", ""))
    group = IngestGroup(webhook.tell)
    answer = await _answer(str(request.method), shown, lambda: _body(request), group)
    await group.told()
    response = HttpResponse(answer.body, status=answer.status, headers=answer.headers)
    # Django would log the path of what is not answered 200, and there is a secret in it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


async def all_told() -> None:
    """Return once this event loop has nothing left to tell; for a server that ends."""
    await _group().told()


async def _answer(method: str, shown: webhook.Shown, read: Read, group: IngestGroup) -> Answer:
    """200 once it is committed; 405, 401, what `read` refuses, or when it was not stored 503 or 500."""
    if method != "POST":
        return Answer(405, "Notifications are posted.")
    try:
        sender = await _authenticated(shown)
    except (DatabaseError, InterfaceError) as error:
        logger.exception("Who has posted a notification could not be looked up")
        return _not_stored(error)
    if sender is None:
        return Answer(401, webhook.NOT_AUTHENTICATED)
    try:
        body = await read()
    except Refused as refused:
        if refused.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return await _too_large(sender, str(refused.words))
        return Answer(refused.status, str(refused.words))
    try:
        await group.store(await _read(sender, body))
    except TooManyParts as error:
        return await _too_large(sender, f"A notification can't be taken in: {error}.")
    except Exception as error:
        # The group has logged it.
        return _not_stored(error)
    return Answer(200)


async def _read(sender: webhook.Sender, body: bytes) -> ingest.Incoming:
    """A long one is read beside the event loop, and one at a time. Raises TooManyParts."""
    if len(body) <= webhook.LONG:
        return webhook.read(sender, body)
    return await asyncio.get_running_loop().run_in_executor(_READER, webhook.read, sender, body)


async def _too_large(sender: webhook.Sender, words: str) -> Answer:
    await asyncio.get_running_loop().run_in_executor(_READER, webhook.note_too_large, sender)
    return Answer(413, words)


def _not_stored(error: Exception) -> Answer:
    """Upstream posts it again after either."""
    return Answer(503 if is_away(error) else 500, webhook.NOT_STORED)


async def _authenticated(shown: webhook.Shown) -> webhook.Sender | None:
    """Who is not known from memory is looked up: secrets change."""
    return webhook.recognised(shown) or await _look_ups().sender(shown)


async def _body(request: HttpRequest) -> bytes:
    body = request.read(webhook.MAX_BODY + 1)
    if len(body) > webhook.MAX_BODY:
        raise too_large(webhook.MAX_BODY)
    return body
