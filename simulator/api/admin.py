"""What the published APIs don't have: what vehicles really did, faults, limits and tokens. Under /simulator."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from protocol.canonical import JsonObject, format_time
from protocol.errors import Invalid
from simulator import faults, limits
from simulator.api.hal import NotFound
from simulator.api.request import CLOUD, body
from simulator.api_v1 import tokens
from simulator.clock import as_datetime
from simulator.cloud import Send
from simulator.faults import Faults
from simulator.vehicles import actions, garage
from simulator.vehicles.profiles import PROFILES
from simulator.vehicles.vehicle import Vehicle, describe, with_profile

routes = web.RouteTableDef()


@routes.get("/simulator/vehicles")
async def list_vehicles(request: web.Request) -> web.Response:
    """Every vehicle as it is now."""
    vehicles = garage.vehicles(request.app[CLOUD].db)
    return web.json_response({"vehicles": _describe(request, vehicles)})


@routes.get("/simulator/vehicles/{vin}")
async def get_vehicle(request: web.Request) -> web.Response:
    """One vehicle as it is now."""
    return _described(request, _vehicle(request))


@routes.put("/simulator/vehicles/{vin}")
async def put_vehicle(request: web.Request) -> web.Response:
    """Make a vehicle one of another profile from now on."""
    wanted = await body(request)
    if not isinstance(wanted, dict) or wanted.get("profile") not in PROFILES:
        raise Invalid("profile", f"must be one of {', '.join(PROFILES)}")
    changed = with_profile(_vehicle(request), wanted["profile"], request.app[CLOUD].clock.now())
    garage.save(request.app[CLOUD].db, changed)
    return _described(request, changed)


def _vehicle(request: web.Request) -> Vehicle:
    found = garage.vehicle_by_vin(request.app[CLOUD].db, request.match_info["vin"])
    if found is None:
        raise NotFound("No such vehicle.")
    return found


def _described(request: web.Request, vehicle: Vehicle) -> web.Response:
    return web.json_response(_describe(request, [vehicle])[0])


def _describe(request: web.Request, vehicles: Sequence[Vehicle]) -> list[JsonObject]:
    cloud = request.app[CLOUD]
    now, under_way = cloud.clock.now(), actions.under_way(cloud.db)
    return [
        {**describe(vehicle, now, cloud.clock.speed), "underWay": under_way.get(vehicle.id, 0)} for vehicle in vehicles
    ]


@routes.get("/simulator/faults")
async def get_faults(request: web.Request) -> web.Response:
    """The faults that are on."""
    return _shown(request)


@routes.put("/simulator/faults")
async def put_faults(request: web.Request) -> web.Response:
    """Replace all faults; what is left out is off. Their draws begin anew."""
    request.app[CLOUD].set_faults(await _read_faults(request))
    return _shown(request)


@routes.put("/simulator/vehicles/{vin}/faults")
async def put_faults_of_vehicle(request: web.Request) -> web.Response:
    """Give a vehicle faults of its own, in place of those for all, until the next start."""
    wanted = await _read_faults(request)
    request.app[CLOUD].set_faults_of(_vehicle(request).id, wanted)
    return web.Response(text=faults.write(wanted), content_type="application/json")


async def _read_faults(request: web.Request) -> Faults:
    try:
        return faults.read(await request.read())
    except ValueError as error:
        raise Invalid("", str(error)) from error


@routes.get("/simulator/sends")
async def list_sends(request: web.Request) -> web.Response:
    """The remote actions that came in since the start, oldest first, whatever became of them."""
    cloud = request.app[CLOUD]
    vins = {vehicle.id: vehicle.vin for vehicle in garage.vehicles(cloud.db)}
    return web.json_response({"sends": [_describe_send(send, vins) for send in cloud.sends]})


def _describe_send(send: Send, vins: Mapping[str, str]) -> JsonObject:
    return {
        "at": format_time(as_datetime(send.at)),
        "vin": vins.get(send.vehicle_id),
        "body": send.body.decode(errors="replace"),
        "status": send.status,
    }


@routes.get("/simulator/limits")
async def get_limits(request: web.Request) -> web.Response:
    """The limits, and how many requests were taken and refused (429) since they were set."""
    return _limits(request)


@routes.put("/simulator/limits")
async def put_limits(request: web.Request) -> web.Response:
    """Set both limits until the next start; what is left out is none. Nothing counts yet against them."""
    try:
        wanted = limits.read(await request.read())
    except ValueError as error:
        raise Invalid("", str(error)) from error
    request.app[CLOUD].limits = limits.Limits(wanted.day, wanted.burst)
    return _limits(request)


@routes.put("/simulator/tokens")
async def put_tokens(request: web.Request) -> web.Response:
    """Say how long tokens of v1 live from now on, until the next start, as `{"seconds": 1}`."""
    wanted = await body(request)
    seconds = wanted.get("seconds") if isinstance(wanted, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= 1_000_000:
        raise Invalid("seconds", "must be a whole number from 1 to 1,000,000")
    request.app[CLOUD].token_seconds = seconds
    return web.json_response({"seconds": seconds})


@routes.delete("/simulator/tokens")
async def delete_tokens(request: web.Request) -> web.Response:
    """Refuse every token that was given so far, before its time."""
    return web.json_response({"revoked": tokens.revoke_all(request.app[CLOUD])})


def _limits(request: web.Request) -> web.Response:
    now = request.app[CLOUD].limits
    return web.json_response({"day": now.day, "burst": now.burst, "taken": now.taken, "refused": now.refused})


def _shown(request: web.Request) -> web.Response:
    return web.Response(text=faults.write(request.app[CLOUD].faults), content_type="application/json")
