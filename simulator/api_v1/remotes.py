"""Remote actions: send one, list them, read one."""

import asyncio
import json

from aiohttp import web

from protocol.canonical import JsonObject
from protocol.dialects import codec
from simulator.api.hal import NotFound, Refusal, answer, collection
from simulator.api.remotes import OVERTAKEN_SECONDS
from simulator.api.request import CLOUD, LUCK, body
from simulator.api_v1.answers import BASE, PAGING, link
from simulator.api_v1.request import SCOPES, channel, need, vehicle
from simulator.database import Row
from simulator.scopes import readable_types, to_read, to_send
from simulator.vehicles import actions
from simulator.vehicles.lifecycle import CHECK_DELAY
from simulator.vehicles.vehicle import can

routes = web.RouteTableDef()
ALL = f"{BASE}/accounts/vehicles/{{vid}}/channels/{{chid}}/remotes"


@routes.post(ALL)
async def send(request: web.Request) -> web.Response:
    """Take a remote action; it is on disk before the 202 goes out."""
    found, target = vehicle(request), channel(request)
    remote = codec("v1").decode_remote(await body(request))
    name = remote.remote_type.name
    need(request, to_send(name))
    type_name = codec("v1").type_name(remote.remote_type, remote.payload)
    if not can(found, name):
        raise Refusal(501, f"This vehicle can't do {type_name}.")
    cloud = request.app[CLOUD]
    now = cloud.clock.now()
    due = now + cloud.clock.delay(CHECK_DELAY)
    action_id = actions.create(cloud.db, found.id, target.id, remote, now, due, "v1")
    cloud.kick()
    if request[LUCK].strikes("before_202") is not None:
        await asyncio.sleep(cloud.clock.delay(CHECK_DELAY) + OVERTAKEN_SECONDS)
    links = _links(request, action_id)
    links["remote"] = links.pop("self")
    return answer({"_links": links, "remoteActionId": action_id, "type": type_name}, 202)


@routes.get(ALL)
async def list_remotes(request: web.Request) -> web.Response:
    """The remote actions of a vehicle on a channel, newest first: those of the types that the token may read."""
    found, target = vehicle(request), channel(request)
    granted = request[SCOPES]
    types = readable_types(granted)

    def item(row: Row) -> JsonObject:
        return _document(request, row)

    query = "FROM actions WHERE vehicle_id = ? AND callback_id = ? AND remote_type IN (SELECT value FROM json_each(?))"
    values = (found.id, target.id, json.dumps(types))
    return collection(request, request.app[CLOUD].db, "remoteActions", query, values, True, item, PAGING)


@routes.get(f"{ALL}/{{rid}}")
async def read(request: web.Request) -> web.Response:
    """One remote action and how far it is."""
    found, target = vehicle(request), channel(request)
    row = actions.get(request.app[CLOUD].db, request.match_info["rid"], found.id, target.id)
    if row is None:
        raise NotFound("No such remote action of this vehicle and channel.")
    need(request, to_read(row["remote_type"]))
    return answer(_document(request, row))


def _document(request: web.Request, row: Row) -> JsonObject:
    return {"_links": _links(request, row["id"]), **actions.document(row)}


def _links(request: web.Request, action_id: str) -> dict[str, JsonObject]:
    vehicle_id, channel_id = request.match_info["vid"], request.match_info["chid"]
    here = ("accounts", "vehicles", vehicle_id, "channels", channel_id, "remotes", action_id)
    return {"self": link(request, *here), "channel": link(request, "accounts", "channels", channel_id)}
