"""Remote actions: send one, list them, read one."""

import asyncio

from aiohttp import web

from protocol.canonical import JsonObject, Remote
from protocol.errors import Invalid
from protocol.v3 import decode_remote
from simulator.api.hal import BASE, NotFound, answer, collection, link
from simulator.api.request import CLOUD, LUCK, body, callback, refuse_unpublished, vehicle
from simulator.callbacks import Callback
from simulator.database import Row
from simulator.vehicles import actions
from simulator.vehicles.lifecycle import CHECK_DELAY
from simulator.vehicles.vehicle import Vehicle, can

routes = web.RouteTableDef()
ALL = f"{BASE}/fleets/{{fid}}/vehicles/{{vid}}/callbacks/{{cbid}}/remotes"

OVERTAKEN_SECONDS = 0.25


@routes.post(ALL)
async def send(request: web.Request) -> web.Response:
    """Take a remote action; it is on disk before the 202 goes out."""
    found, target = vehicle(request), callback(request)
    remote = decode_remote(await body(request))
    _permit(request, found, target, remote)
    cloud = request.app[CLOUD]
    now = cloud.clock.now()
    due = now + cloud.clock.delay(CHECK_DELAY)
    action_id = actions.create(cloud.db, found.id, target.id, remote, now, due)
    cloud.kick()
    if request[LUCK].strikes("before_202") is not None:
        await asyncio.sleep(cloud.clock.delay(CHECK_DELAY) + OVERTAKEN_SECONDS)
    links = _links(request, action_id)
    links["remote"] = links.pop("self")
    type_name = remote.remote_type.v3.type_name
    return answer({"_links": links, "remoteActionId": action_id, "type": type_name}, 202)


def _permit(request: web.Request, found: Vehicle, target: Callback, remote: Remote) -> None:
    """Raise Invalid or Refusal for a type that the callback does not list or the vehicle can't do.

    VehicleState is not published while its key `state` is: at a strict cloud no callback lists it, and each takes it.
    """
    name, allowed = remote.remote_type.v3.type_name, target.subscribe.remote_types
    if request.app[CLOUD].settings.strict is not None and remote.remote_type.name == "State":
        allowed = ()
    else:
        refuse_unpublished(request, name)
    if allowed and name not in allowed:
        raise Invalid("", f"{name} is not among the remoteTypes of this callback: {', '.join(allowed)}")
    if not can(found, remote.remote_type.name):
        raise Invalid("", f"this vehicle can't do {name}")


@routes.get(ALL)
async def list_remotes(request: web.Request) -> web.Response:
    """The remote actions of a vehicle on a callback, newest first."""
    found, target = vehicle(request), callback(request)

    def item(row: Row) -> JsonObject:
        return _document(request, row)

    query = "FROM actions WHERE vehicle_id = ? AND callback_id = ?"
    return collection(request, request.app[CLOUD].db, "remoteActions", query, (found.id, target.id), True, item)


@routes.get(f"{ALL}/{{rid}}")
async def read(request: web.Request) -> web.Response:
    """One remote action and how far it is."""
    found, target = vehicle(request), callback(request)
    row = actions.get(request.app[CLOUD].db, request.match_info["rid"], found.id, target.id)
    if row is None:
        raise NotFound("No such remote action of this vehicle and callback.")
    return answer(_document(request, row))


def _document(request: web.Request, row: Row) -> JsonObject:
    return {"_links": _links(request, row["id"]), **actions.document(row)}


def _links(request: web.Request, action_id: str) -> dict[str, JsonObject]:
    fleet_id, vehicle_id, callback_id = (request.match_info[name] for name in ("fid", "vid", "cbid"))
    path = ("fleets", fleet_id)
    return {
        "self": link(request, *path, "vehicles", vehicle_id, "callbacks", callback_id, "remotes", action_id),
        "fleet": link(request, *path),
        "callback": link(request, *path, "remote", "callbacks", callback_id),
    }
