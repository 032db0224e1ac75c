"""The receiver over HTTP: any path takes notifications, those under /receiver steer it from this machine."""

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from aiohttp import web

from fleetremote.receiver.behaviour import Behaviour, Player, as_json, read
from fleetremote.receiver.journal import Journal, Request
from fleetremote.receiver.signature import read_secret, verify
from fleetremote.receiver.words import line

MOST_BODY = 32 * 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Show = Callable[[str], None]


class Receiver:
    """Takes notifications, shows each in a line, and keeps the newest."""

    def __init__(self, keys: Sequence[bytes], behaviour: Behaviour, show: Show | None) -> None:
        """`keys` verify always, more can be added while it runs; `show` takes each line."""
        self._keys, self._more_keys = list(keys), list[bytes]()
        self._player = Player(behaviour)
        self._journal = Journal()
        self._show = show

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BODY)
        app.add_routes(
            [
                web.get("/healthz", _healthz),
                web.get("/receiver/behaviour", _local(self.get_behaviour)),
                web.put("/receiver/behaviour", _local(self.put_behaviour)),
                web.put("/receiver/secrets", _local(self.put_secrets)),
                web.get("/receiver/received", _local(self.get_received)),
                web.delete("/receiver/received", _local(self.delete_received)),
                web.post("/{path:(?!receiver/).*}", self.notify),
            ]
        )
        return app

    async def notify(self, http: web.Request) -> web.StreamResponse:
        """Verify, keep and show a notification, and answer as told."""
        body = await http.read()
        at = datetime.now(UTC)
        headers: dict[str, str] = {}
        for name, value in http.headers.items():
            name = name.lower()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        verdict = verify([*self._keys, *self._more_keys], headers, body, at.timestamp())
        turn = self._player.turn()
        request = Request(at, http.raw_path, headers, body, verdict, turn.status)
        self._journal.add(request)
        if self._show:
            self._show(line(request))
        if turn.delay:
            await asyncio.sleep(turn.delay)
        if turn.status is None:
            return _cut(http)
        text = "Received.\n" if turn.status < 300 else "The receiver was told to answer so.\n"
        return web.Response(status=turn.status, headers=turn.headers, text=text)

    async def get_behaviour(self, _http: web.Request) -> web.StreamResponse:
        return web.json_response(as_json(self._player.behaviour))

    async def put_behaviour(self, http: web.Request) -> web.StreamResponse:
        """Behave so from now on; what is absent is as at first."""
        try:
            self._player.play(read(await http.read()))
        except ValueError as error:
            return _refusal(str(error))
        return await self.get_behaviour(http)

    async def put_secrets(self, http: web.Request) -> web.StreamResponse:
        """Verify with these too: `{"secrets": ["whsec_…"]}`. They replace those of an earlier PUT."""
        try:
            content = json.loads(await http.read())
            self._more_keys = [read_secret(secret) for secret in content["secrets"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            return _refusal('The body must be {"secrets": ["whsec_…"]}, each a secret that FleetRemote has shown.')
        return web.Response(status=204)

    async def get_received(self, http: web.Request) -> web.StreamResponse:
        """What came after the number `since`, a page at a time."""
        since = http.query.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 16):
            return _refusal("since must be a whole number, the `next` of an earlier answer.")
        return web.json_response(self._journal.since(int(since)))

    async def delete_received(self, _http: web.Request) -> web.StreamResponse:
        self._journal.clear()
        return web.Response(status=204)


async def _healthz(_http: web.Request) -> web.StreamResponse:
    return web.Response(text="ok\n")


def _local(handler: Handler) -> Handler:
    """Only for callers on this machine: it shows what was received, headers included."""

    async def guarded(http: web.Request) -> web.StreamResponse:
        if not is_loopback(http.remote):
            return _refusal("This address answers only on the machine where the receiver runs.", 403)
        return await handler(http)

    return guarded


def is_loopback(remote: str | None) -> bool:
    """Whether a caller's address is one of this machine to itself, IPv4 written as IPv6 included."""
    address = ipaddress.ip_address(remote) if remote else None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address is not None and address.is_loopback


def _refusal(words: str, status: int = 400) -> web.Response:
    return web.json_response({"message": words}, status=status)


def _cut(http: web.Request) -> web.StreamResponse:
    if http.transport is not None:
        http.transport.abort()
    raise ConnectionResetError("cut as told")
