"""The web server's way in: notifications and streams are asynchronous, all else is Django over WSGI in threads.

Why so: docs/decisions.md. Paths, methods and answers are those of fleetremote/urls.py, whichever way serves them.
"""

import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")

_streams: Any = get_asgi_application()

from fleetremote.front.headers import on_every_answer  # noqa: E402
from fleetremote.notifications import all_told, receive_notification  # noqa: E402 - needs Django's apps
from fleetremote.wsgi import application as _wsgi  # noqa: E402
from fleets.storage import clock  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# Each thread keeps one database connection.
THREADS = int(os.environ.get("WEB_THREADS", "8"))

_pages: Any = WSGIMiddleware(cast(Any, _wsgi), workers=THREADS)


@on_every_answer
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"].startswith("/webhook/"):
        await receive_notification(scope, receive, send)
    elif scope["path"].endswith("/live"):
        await _streams(scope, receive, send)
    else:
        await _pages(scope, _coroutine(receive), _coroutine(send))


def _coroutine(call: Callable[..., Awaitable[Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """granian gives awaitables, and a2wsgi schedules coroutines only."""

    async def wrapped(*args: Any) -> Any:
        return await call(*args)

    return wrapped


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await sync_to_async(clock.keep_looking)()
        else:
            await all_told()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
