"""What is said to a request that goes beyond a bound: in the published shape below an API, as a page elsewhere."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.template import loader
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from api.addresses import shape_of
from api.rest.errors import Meaning
from fleetremote.front.asgi_types import Scope, Send
from fleetremote.front.threads.environ import request_of

RETRY_AFTER = 5
"""Seconds."""

LINGER_SECONDS = 3.0
LINGER_BYTES = 16 * 1024 * 1024
"""How much of a body that nobody wants is thrown away, so that whoever sends it gets to read why. Else the connection
would be cut while they still write."""

_TITLES = {
    400: _("This could not be read"),
    408: _("This came in too slowly"),
    413: _("This is too large"),
    429: _("Too many tries"),
    500: _("Something went wrong"),
    503: _("Too much at once"),
}
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(eq=False)
class Refused(Exception):
    """A request is not read to its end: with which status, and why, in words that say what to do."""

    status: int
    words: str | Promise
    headers: Mapping[str, str] = field(default_factory=dict)


class Left(Exception):
    """Whoever asked has gone."""


_size = lazy(filesizeformat, str)


def no_room() -> Refused:
    words = _("Too much is being sent here at this moment. Send it again in a few seconds.")
    return Refused(503, words, {"retry-after": str(RETRY_AFTER)})


def too_slow() -> Refused:
    return Refused(408, _("The body of this request came in too slowly, or not at all. Send it again."))


def too_large(most: int) -> Refused:
    return Refused(413, format_lazy(_("At most {most} are taken here. Send less at a time."), most=_size(most)))


class Unread(Protocol):
    """A body of which something may still come."""

    is_whole: bool

    async def throw_away(self, most: int) -> None:
        """Read on to the end, or to so many bytes, and keep nothing."""


class _NothingLeft:
    is_whole = True

    async def throw_away(self, most: int) -> None:
        """There is nothing."""


NOTHING_LEFT: Unread = _NothingLeft()
"""Of a request that was read, or whose connection ends in any case."""


async def refuse(refused: Refused, scope: Scope, rest: Unread, send: Send) -> None:
    """Answer, and then throw away what is still being sent, within bounds."""
    request = request_of(scope)
    kind, body, more = _told(refused, request)
    headers = {"content-type": kind, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    headers |= {**more, **refused.headers, "content-length": str(len(body)), "connection": "close"}
    status = _status(refused.status, request)
    await answer_unread(scope, rest, send, status, headers, body if scope["method"] != "HEAD" else b"")


async def answer_unread(
    scope: Scope, rest: Unread, send: Send, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Answer a request whose body may not have been read: the rest is thrown away, and what is too long cut off."""
    named = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": named})
    # Who waits to be told to send it is not told (RFC 9110, 10.1.1), and who is slow has been waited for.
    is_sent = has_body(scope) and not rest.is_whole and all(name != b"expect" for name, _ in scope["headers"])
    if is_sent and status != HTTPStatus.REQUEST_TIMEOUT:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await rest.throw_away(LINGER_BYTES)
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": False})


def has_body(scope: Scope) -> bool:
    names = {name for name, value in scope["headers"] if (name, value) != (b"content-length", b"0")}
    return b"content-length" in names or b"transfer-encoding" in names


def _status(status: int, request: HttpRequest) -> int:
    shape = shape_of(request)
    return shape.status(status, Meaning.GENERAL) if shape else status


def _told(refused: Refused, request: HttpRequest) -> tuple[str, bytes, dict[str, str]]:
    """The answer's Content-Type, body, and further headers."""
    shape = shape_of(request)
    if shape is None:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            page = _page(refused.status, str(refused.words), language)
        more = {"content-language": language, "vary": "Accept-Language, Cookie", "content-security-policy": _POLICY}
        return "text/html; charset=utf-8", page, {**more, "x-frame-options": settings.X_FRAME_OPTIONS}
    with translation.override("en"):
        body = shape.body(_status(refused.status, request), str(refused.words))
    return "application/json", json.dumps(body).encode(), {}


@cache
def _page(status: int, words: str, _language: str) -> bytes:
    """There are as many as there are bounds and languages."""
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return loader.render_to_string("refused.html", {"status": status, "title": title, "words": words}).encode()
