"""The web server's way in: notifications and streams are asynchronous, all else is Django over WSGI in threads.

Why so: docs/decisions.md. Paths, methods and answers are those of fleetremote/urls.py, whichever way serves them. All
pass the bounds of fleetremote/front/ first: docs/bounds.md.
"""

import os

import django
from asgiref.sync import sync_to_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleetremote.settings")
django.setup(set_prefix=False)

from fleetremote.front.addresses import with_client_address  # noqa: E402 - needs Django's apps
from fleetremote.front.asgi_types import Receive, Scope, Send  # noqa: E402
from fleetremote.front.bodies import bounded, unread  # noqa: E402
from fleetremote.front.certificates import with_client_certificate  # noqa: E402
from fleetremote.front.headers import on_every_answer  # noqa: E402
from fleetremote.front.sockets import bound_connections  # noqa: E402
from fleetremote.front.threads.pages import Pages  # noqa: E402
from fleetremote.front.tries.slowing import Slowed  # noqa: E402
from fleetremote.front.tries.strangers import InTurn  # noqa: E402
from fleetremote.notifications import all_told, receive_notification  # noqa: E402
from fleetremote.streams.serving import is_stream, serve_stream  # noqa: E402
from fleetremote.wsgi import application as _wsgi  # noqa: E402
from fleets.storage import clock  # noqa: E402

# Each thread keeps one database connection.
THREADS = int(os.environ.get("WEB_THREADS", "8"))

_pages = InTurn(Pages(_wsgi, THREADS), THREADS)


@on_every_answer
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        await _slowed(with_client_address(with_client_certificate(scope)), receive, send)


async def _ways(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/webhook/"):
        await unread(receive_notification, scope, receive, send)
    elif is_stream(scope["path"]):
        await serve_stream(scope, receive, send)
    else:
        await bounded(_pages, scope, receive, send)


_slowed = Slowed(_ways)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await sync_to_async(clock.keep_looking)()
            bound_connections()
        else:
            await all_told()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
