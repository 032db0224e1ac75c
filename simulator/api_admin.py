"""What the published API does not have: what the vehicles really did, and faults to switch on. Under /simulator."""

from aiohttp import web

from protocol.errors import Invalid
from simulator import faults, garage
from simulator.hal import NotFound
from simulator.request import CLOUD
from simulator.vehicle import describe

routes = web.RouteTableDef()


@routes.get("/simulator/vehicles")
async def list_vehicles(request: web.Request) -> web.Response:
    """Every vehicle as it is now."""
    cloud = request.app[CLOUD]
    now = cloud.clock.now()
    found = [describe(vehicle, now, cloud.clock.speed) for vehicle in garage.vehicles(cloud.db)]
    return web.json_response({"vehicles": found})


@routes.get("/simulator/vehicles/{vin}")
async def get_vehicle(request: web.Request) -> web.Response:
    """One vehicle as it is now."""
    cloud = request.app[CLOUD]
    vehicle = garage.vehicle_by_vin(cloud.db, request.match_info["vin"])
    if vehicle is None:
        raise NotFound("No such vehicle.")
    return web.json_response(describe(vehicle, cloud.clock.now(), cloud.clock.speed))


@routes.get("/simulator/faults")
async def get_faults(request: web.Request) -> web.Response:
    """The faults that are on."""
    return _shown(request)


@routes.put("/simulator/faults")
async def put_faults(request: web.Request) -> web.Response:
    """Replace all faults; what is left out is off. Their draws begin anew."""
    try:
        wanted = faults.read(await request.read())
    except ValueError as error:
        raise Invalid("", str(error)) from error
    request.app[CLOUD].set_faults(wanted)
    return _shown(request)


def _shown(request: web.Request) -> web.Response:
    return web.Response(text=faults.write(request.app[CLOUD].faults), content_type="application/json")
