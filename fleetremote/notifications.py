"""Notifications over ASGI: what remotes.webhook.WebhookView does, without Django's middleware and many at a time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError, close_old_connections

from fleets.rest.errors import error_body
from remotes import webhook
from remotes.ingest_group import IngestGroup

_groups: dict[asyncio.AbstractEventLoop, IngestGroup] = {}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def receive_notification(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """POST /webhook/<webhook id>: 200 once it is committed, 401, 413 or 500 in the published error shape."""
    headers = dict(scope["headers"])
    webhook_id = scope["path"].removeprefix("/webhook/")
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    sender = await _authenticated(webhook_id, authorization)
    body = await _body(receive)
    if sender is None:
        await _answer(send, 401, webhook.NOT_AUTHENTICATED)
        return
    if body is None:
        await _answer(send, 413, f"A notification has at most {webhook.MAX_BODY} bytes; post it in smaller batches.")
        return
    try:
        await _group().store(webhook.read(sender, body))
    except DatabaseError:
        await _answer(send, 500, webhook.NOT_STORED)
        return
    await _answer(send, 200)


async def _authenticated(webhook_id: str, authorization: str) -> webhook.Sender | None:
    if webhook.known_sender(webhook_id):
        return webhook.authenticate(webhook_id, authorization)
    return await asyncio.to_thread(_authenticate_from_database, webhook_id, authorization)


def _authenticate_from_database(webhook_id: str, authorization: str) -> webhook.Sender | None:
    close_old_connections()
    try:
        return webhook.authenticate(webhook_id, authorization)
    finally:
        close_old_connections()


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


async def _answer(send: Send, status: int, message: str = "") -> None:
    body = json.dumps(error_body(status, message)).encode() if message else b"{}"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
