"""Headers that every answer has, whichever way gives it: pages, API, notifications, streams, files and refusals.

What an answer says itself stays: pages have a policy of their own, and static files may be kept by caches.
"""

from typing import Any

from django.conf import settings

from fleetremote.front.asgi_types import Application, Receive, Scope, Send

Header = tuple[bytes, bytes]

# What no page of ours asks a browser for.
_NEVER_USED = (
    *("camera", "display-capture", "geolocation", "hid", "microphone", "midi", "payment", "serial"),
    *("screen-wake-lock", "usb", "xr-spatial-tracking"),
)
_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _NEVER_USED).encode()),
    # What is no page of ours is no page at all.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    # Who asked may read it; nobody keeps it.
    (b"cache-control", b"no-store"),
)


def on_every_answer(application: Application) -> Application:
    """The application, whose answers have all of these headers."""

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        wanted = (*_ALWAYS, *_strict_transport(scope))

        async def sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message.get("headers", ()), wanted)}
            await send(message)

        await application(scope, receive, sent)

    return with_headers


def _completed(given: Any, wanted: tuple[Header, ...]) -> list[Header]:
    headers = [(bytes(name), bytes(value)) for name, value in given]
    there = {name.lower() for name, _ in headers}
    return headers + [header for header in wanted if header[0] not in there]


def _strict_transport(scope: Scope) -> tuple[Header, ...]:
    """As Django says it on its own answers: only to who has come by https."""
    if not settings.SECURE_HSTS_SECONDS or not settings.SECURE_PROXY_SSL_HEADER:
        return ()
    if dict(scope["headers"]).get(b"x-forwarded-proto", b"").strip().lower() != b"https":
        return ()
    more = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    more += "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    return ((b"strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}{more}".encode()),)
