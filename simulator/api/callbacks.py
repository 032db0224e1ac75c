"""Callbacks: register, list, read, replace, delete, pause and resume."""

import json

from aiohttp import web

from protocol.canonical import JsonObject, Subscribe
from protocol.errors import Invalid
from protocol.statuses import CALLBACK_PAUSED, CALLBACK_RUNNING
from protocol.v3 import decode_subscribe
from simulator import callbacks
from simulator.api.hal import BASE, NotFound, answer, collection, error, link
from simulator.api.request import CLOUD, body, callback, fleet, refuse_unpublished
from simulator.callbacks import Callback
from simulator.database import Row

routes = web.RouteTableDef()
ALL = f"{BASE}/fleets/{{fid}}/remote/callbacks"
ONE = f"{ALL}/{{cbid}}"

_OF_TYPES = (
    " AND (coalesce(json_array_length(document, '$.remoteTypes'), 0) = 0"
    " OR EXISTS (SELECT 1 FROM json_each(document, '$.remoteTypes')"
    " WHERE value IN (SELECT value FROM json_each(?))))"
)


@routes.post(ALL)
async def create(request: web.Request) -> web.Response:
    """Register a callback."""
    found = fleet(request)
    subscribe = await _wanted(request)
    callback_id = callbacks.create(request.app[CLOUD].db, found["id"], subscribe.document)
    return _reference(request, callback_id, 200)


@routes.get(ALL)
async def list_callbacks(request: web.Request) -> web.Response:
    """A fleet's callbacks, newest first; `types` narrows them to those that take one of these remote types."""
    found, db = fleet(request), request.app[CLOUD].db
    types = [word for text in request.query.getall("types", []) for word in text.split(",") if word]
    query, values = "FROM callbacks WHERE dialect = 'v3' AND fleet_id = ?", [found["id"]]
    if types:
        query, values = f"{query}{_OF_TYPES}", [*values, json.dumps(types)]

    def item(row: Row) -> JsonObject:
        return _document(request, callbacks.read(db, row))

    return collection(request, db, "callbacks", query, values, True, item)


@routes.get(ONE)
async def read(request: web.Request) -> web.Response:
    """One callback as it is registered."""
    return answer(_document(request, callback(request)))


@routes.put(ONE)
async def replace(request: web.Request) -> web.Response:
    """Take a whole new registration."""
    found = callback(request)
    callbacks.change(request.app[CLOUD].db, found.id, (await _wanted(request)).document)
    request.app[CLOUD].notifier.wake(found.id)
    return _reference(request, found.id, 202)


@routes.delete(ONE)
async def delete(request: web.Request) -> web.Response:
    """Delete a callback, if no remote action that uses it is pending."""
    found, db = callback(request), request.app[CLOUD].db
    if callbacks.has_pending(db, found.id):
        return error(400, "A remote action on this callback is pending.")
    callbacks.remove(db, found.id)
    return web.Response(status=204)


@routes.put(f"{ONE}/status")
async def set_status(request: web.Request) -> web.Response:
    """Pause or resume a callback."""
    found, wanted = callback(request), await body(request)
    status = wanted.get("status") if isinstance(wanted, dict) else None
    if status not in (CALLBACK_RUNNING, CALLBACK_PAUSED):
        raise Invalid("status", f"must be {CALLBACK_RUNNING} or {CALLBACK_PAUSED}")
    callbacks.pause(request.app[CLOUD].db, found.id, status == CALLBACK_PAUSED)
    request.app[CLOUD].notifier.wake(found.id)
    return _reference(request, found.id, 202)


async def _wanted(request: web.Request) -> Subscribe:
    """What is to be registered. A strict cloud knows the published types only."""
    subscribe = decode_subscribe(await body(request))
    for name in subscribe.remote_types:
        refuse_unpublished(request, name)
    return subscribe


def _reference(request: web.Request, callback_id: str, status: int) -> web.Response:
    """CallbackRef of fleet-owner-v3.yaml."""
    found = callbacks.get(request.app[CLOUD].db, callback_id)
    if found is None:
        raise NotFound("No such callback in this fleet.")
    path = ("fleets", found.fleet_id)
    links = {"fleet": link(request, *path), "callback": link(request, *path, "remote", "callbacks", found.id)}
    return answer({"_links": links, "callbackId": found.id, "status": found.status}, status)


def _document(request: web.Request, found: Callback) -> JsonObject:
    path = ("fleets", found.fleet_id)
    links = {
        "self": link(request, *path, "remote", "callbacks", found.id),
        "fleet": link(request, *path),
        "remotes": link(request, *path, "vehicles", "{vid}", "callbacks", found.id, "remotes", templated=True),
    }
    return {"_links": links, **callbacks.document(found)}
