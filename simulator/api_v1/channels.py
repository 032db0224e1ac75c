"""Channels: register, list, read, replace, delete, pause and resume. An account has five at the most."""

import json

from aiohttp import web

from protocol.canonical import JsonObject, format_time
from protocol.dialects import codec
from protocol.errors import Invalid
from protocol.statuses import CALLBACK_PAUSED, CALLBACK_RUNNING
from simulator import callbacks
from simulator.api.hal import NotFound, Refusal, answer, collection
from simulator.api.request import CLOUD, body
from simulator.api_v1.answers import BASE, PAGING, link
from simulator.api_v1.request import channel, need
from simulator.callbacks import Callback
from simulator.clock import as_datetime
from simulator.database import Row
from simulator.scopes import CHANNEL, CHANNEL_WRITE
from simulator.vehicles import garage

routes = web.RouteTableDef()
ALL = f"{BASE}/accounts/channels"
ONE = f"{ALL}/{{chid}}"
MOST = 5

_TYPES = ("Monitor", "Remote")
_OF_TYPES = (
    " AND (coalesce(json_array_length(document, '$.type'), 0) = 0 OR EXISTS"
    " (SELECT 1 FROM json_each(document, '$.type') WHERE value IN (SELECT value FROM json_each(?))))"
)


@routes.post(ALL)
async def create(request: web.Request) -> web.Response:
    """Register a channel, unless the account has its five."""
    need(request, (CHANNEL_WRITE,))
    document = await _wanted(request)
    cloud = request.app[CLOUD]
    there = callbacks.channels(cloud.db)
    if len(there) >= MOST:
        labels = ", ".join(found.subscribe.label or found.id for found in there)
        raise Invalid("", f"an account has {MOST} channels at the most, and this one has them: {labels}")
    account = garage.account(cloud.db)
    channel_id = callbacks.create(cloud.db, account["id"], document, "v1", cloud.clock.now())
    return _reference(request, channel_id, 200)


@routes.get(ALL)
async def list_channels(request: web.Request) -> web.Response:
    """The account's channels, newest first; `types` narrows them to those that take one of these."""
    need(request, (CHANNEL, CHANNEL_WRITE))
    db = request.app[CLOUD].db
    types = [word for text in request.query.getall("types", []) for word in text.split(",") if word]
    unknown = [word for word in types if word not in _TYPES]
    if unknown:
        raise Invalid("types", f"{unknown[0]!r} is not allowed; use {' or '.join(_TYPES)}")
    query = "FROM callbacks WHERE dialect = 'v1'"
    values: list[str] = []
    if types:
        query, values = f"{query}{_OF_TYPES}", [json.dumps(types)]

    def item(row: Row) -> JsonObject:
        return _document(request, callbacks.read(db, row))

    return collection(request, db, "channels", query, values, True, item, PAGING)


@routes.get(ONE)
async def read(request: web.Request) -> web.Response:
    """One channel as it is registered."""
    need(request, (CHANNEL, CHANNEL_WRITE))
    return answer(_document(request, channel(request)))


@routes.put(ONE)
async def replace(request: web.Request) -> web.Response:
    """Take a whole new registration."""
    need(request, (CHANNEL_WRITE,))
    found, document, cloud = channel(request), await _wanted(request), request.app[CLOUD]
    callbacks.change(cloud.db, found.id, document, cloud.clock.now())
    cloud.notifier.wake(found.id)
    return _reference(request, found.id, 202)


@routes.delete(ONE)
async def delete(request: web.Request) -> web.Response:
    """Delete a channel, if no remote action that uses it is pending."""
    need(request, (CHANNEL_WRITE,))
    found, db = channel(request), request.app[CLOUD].db
    if callbacks.has_pending(db, found.id):
        raise Invalid("", "a remote action on this channel is pending")
    callbacks.remove(db, found.id)
    return web.Response(status=204)


@routes.put(f"{ONE}/status")
async def set_status(request: web.Request) -> web.Response:
    """Pause or resume a channel."""
    need(request, (CHANNEL_WRITE,))
    found, wanted, cloud = channel(request), await body(request), request.app[CLOUD]
    status = wanted.get("status") if isinstance(wanted, dict) else None
    if status not in (CALLBACK_RUNNING, CALLBACK_PAUSED):
        raise Invalid("status", f"must be {CALLBACK_RUNNING} or {CALLBACK_PAUSED}")
    callbacks.pause(cloud.db, found.id, status == CALLBACK_PAUSED, cloud.clock.now())
    cloud.notifier.wake(found.id)
    return _reference(request, found.id, 202)


async def _wanted(request: web.Request) -> JsonObject:
    """What is to be registered, as it was sent. Raises Refusal (501) for what this cloud can't post to."""
    document = await body(request)
    kinds = document.get("channel") if isinstance(document, dict) else None
    for kind in ("websocket", "pushnotif"):
        if isinstance(kinds, dict) and kind in kinds:
            raise Refusal(501, f"This cloud has no {kind} channels; register a webhook.")
    codec("v1").decode_subscribe(document)
    found: JsonObject = document
    return found


def _reference(request: web.Request, channel_id: str, status: int) -> web.Response:
    """ChannelRef of connected-car-v1.yaml."""
    found = callbacks.get(request.app[CLOUD].db, channel_id)
    if found is None:
        raise NotFound("No such channel in this account.")
    links = {"channel": link(request, "accounts", "channels", found.id)}
    return answer({"_links": links, "channelId": found.id, "status": found.status, **_dates(found)}, status)


def _document(request: web.Request, found: Callback) -> JsonObject:
    """Channel of connected-car-v1.yaml."""
    return {
        "_links": {"self": link(request, "accounts", "channels", found.id)},
        "id": found.id,
        "status": found.status,
        "subscribe": found.registered,
        **_dates(found),
    }


def _dates(found: Callback) -> JsonObject:
    return {
        "createdAt": format_time(as_datetime(found.created)),
        "updatedAt": format_time(as_datetime(found.updated)),
    }
