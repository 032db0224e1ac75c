"""What v1 answers: its error shape, its links, and how its collections are paged."""

import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from protocol.canonical import JsonObject
from simulator.api.hal import Paging

BASE = "/api/connectedcar/v1"
PAGING = Paging(usual=100, most=500, token_alone=True)

_NAMES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    501: "REMOTE_NOT_SUPPORTED",
}


def error(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The published error shape (xError, 501RemoteError); its `debug` is different each time."""
    body = {
        "name": _NAMES.get(status, f"ERROR_{status}"),
        "debug": f"ERROR_{secrets.token_hex(8)}",
        "message": message,
    }
    return web.json_response(body, status=status, headers=headers)


def link(request: web.Request, *path: str, **more: Any) -> JsonObject:
    """A HAL link to a path under the base."""
    return {"href": "/".join([f"{request.scheme}://{request.host}{BASE}", *path]), **more}
