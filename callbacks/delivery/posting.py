"""Posts one batch to a callback's webhook: one request, no redirects, a total deadline, the answer read to a cap."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

import aiohttp
from django.conf import settings
from yarl import URL

from callbacks.delivery.addresses import AddressRefused, connector
from callbacks.delivery.forming import Formed
from callbacks.delivery.results import Answer
from callbacks.delivery.signing import sign
from callbacks.models import Callback, kept
from callbacks.models.outbox import webhook_id
from fleets.storage import clock
from protocol import retry_after
from protocol.canonical.attributes import Variables, headers, never_batched, target

# Bytes of an answer that are read, and characters of it that are kept.
READ = 16 * 1024
KEPT = 1000


def new_session() -> aiohttp.ClientSession:
    """One for each process: it keeps connections open, but no cookies, and takes no proxy from the environment."""
    return aiohttp.ClientSession(
        connector=connector(limit=0),
        timeout=aiohttp.ClientTimeout(total=settings.CALLBACK_TIMEOUT),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


class Recipient:
    """Where and with which headers a callback's batches are posted, as it was when this was made.

    An array of messages (v1) goes without its header and query attributes.
    """

    def __init__(self, callback: Callback, *, bare: bool = False) -> None:
        self._callback = callback
        self._attributes = () if bare else callback.webhook.get("attributes", ())

    def request(self, batch: Formed, at: datetime) -> tuple[URL, list[tuple[str, str]]]:
        """The address and the headers for the batch, signed for this moment."""
        if batch.body.startswith(b"["):
            url, fields = self._of_array
        else:
            url, fields = self._of_one(batch.vins, batch.remote_types) if self._differ else self._of_all
        secrets = self._callback.signing_secrets(at)
        return url, [*fields, *sign(secrets, webhook_id(batch.message_id), at, batch.body).items()]

    def readable(self, text: str, batch: Formed) -> str:
        """The start of what was answered, for a person: without what the subscriber was sent to know us by."""
        return _plain(kept.without(text, (*self._values, *kept.values_in(batch.body)))) if text else ""

    @cached_property
    def _values(self) -> tuple[str, ...]:
        return kept.values_of(self._callback.webhook.get("attributes", ()))

    @cached_property
    def _differ(self) -> bool:
        return never_batched(self._attributes)

    @cached_property
    def _of_all(self) -> tuple[URL, list[tuple[str, str]]]:
        return self._of_one((), ())

    @cached_property
    def _of_array(self) -> tuple[URL, list[tuple[str, str]]]:
        return Recipient(self._callback, bare=True)._of_all

    def _of_one(self, vins: Sequence[str], remote_types: Sequence[str]) -> tuple[URL, list[tuple[str, str]]]:
        callback = self._callback
        variables = Variables(callback.shown_id, callback.fleet.public_id, vins, remote_types, callback.label)
        fields = [("Content-Type", "application/json"), *headers(self._attributes, variables)]
        if all(name.lower() != "user-agent" for name, _ in fields):
            fields.append(("User-Agent", "FleetRemote"))
        return URL(target(callback.target, self._attributes, variables), encoded=True), fields


async def post(session: aiohttp.ClientSession, recipient: Recipient, batch: Formed) -> Answer:
    """Post the batch to the recipient.

    What goes wrong is in the answer's `error`; nothing is raised but a cancellation.
    """
    at = clock.now()
    started = time.perf_counter()
    try:
        url, fields = recipient.request(batch, at)
        async with session.post(url, data=batch.body, headers=fields, allow_redirects=False) as response:
            body = await _start(response)
            return Answer(
                at=at,
                duration_ms=_milliseconds_since(started),
                status=response.status,
                error=recipient.readable(_words_for(response), batch),
                body=recipient.readable(body.decode("utf-8", "replace"), batch),
                retry_after=_retry_after(response, at),
            )
    except (aiohttp.ClientError, OSError, ValueError, ArithmeticError) as error:
        return Answer(at=at, duration_ms=_milliseconds_since(started), error=recipient.readable(_words(error), batch))


async def _start(response: aiohttp.ClientResponse) -> bytes:
    """The body to its end, or its first READ bytes where it goes on."""
    body = bytearray()
    while len(body) < READ and (part := await response.content.read(READ - len(body))):
        body += part
    return bytes(body)


def _milliseconds_since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)


def _plain(text: str) -> str:
    """The start of a text for a person, without what PostgreSQL can't hold."""
    return text[:KEPT].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _words_for(response: aiohttp.ClientResponse) -> str:
    if 200 <= response.status < 300:
        return ""
    if 300 <= response.status < 400:
        return f"It answered {response.status}, a redirect; redirects are not followed."
    return f"It answered {response.status}{f' {response.reason}' if response.reason else ''}."


def _words(error: Exception) -> str:
    refused = error.__cause__ if isinstance(error.__cause__, AddressRefused) else error
    if isinstance(refused, AddressRefused):
        return str(refused)
    if isinstance(error, aiohttp.ServerTimeoutError | asyncio.TimeoutError):
        return f"No answer within {settings.CALLBACK_TIMEOUT:g} seconds."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "The name of the address is not known."
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLError | aiohttp.ClientSSLError):
        return f"No secure connection: {error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"No connection: {error.strerror or error}"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError | aiohttp.ClientPayloadError):
        return "The connection was cut before the answer was complete."
    return f"It could not be posted: {error or type(error).__name__}"


def _retry_after(response: aiohttp.ClientResponse, now: datetime) -> float | None:
    told = retry_after.seconds(response.headers.get("Retry-After"), now)
    return told if response.status in (429, 503) else None
