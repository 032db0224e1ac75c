"""GET of fleets, vehicles and a vehicle's status."""

from aiohttp import web

from protocol.canonical import JsonObject, format_time
from protocol.errors import Invalid
from simulator.api.hal import BASE, answer, collection, link
from simulator.api.request import CLOUD, fleet, vehicle
from simulator.clock import as_datetime
from simulator.database import Row
from simulator.vehicles import garage
from simulator.vehicles.status import capabilities, status_document, vehicle_document
from simulator.vehicles.vehicle import Vehicle

routes = web.RouteTableDef()


@routes.get(f"{BASE}/fleets")
async def list_fleets(request: web.Request) -> web.Response:
    """The client's fleets."""

    def item(row: Row) -> JsonObject:
        return _fleet(request, row)

    return collection(request, request.app[CLOUD].db, "fleets", "FROM fleets WHERE api = 'v3'", (), False, item)


@routes.get(f"{BASE}/fleets/{{fid}}")
async def get_fleet(request: web.Request) -> web.Response:
    """One fleet."""
    return answer(_fleet(request, fleet(request)))


@routes.get(f"{BASE}/fleets/{{fid}}/vehicles")
async def list_vehicles(request: web.Request) -> web.Response:
    """A fleet's vehicles, those whose VIN begins with `vinPrefix` if one is given."""
    found = fleet(request)
    prefix = request.query.get("vinPrefix", "")

    def item(row: Row) -> JsonObject:
        return _vehicle(request, garage.read([row])[0], _extensions(request, "branding"))

    query, values = "FROM vehicles WHERE fleet_id = ?", [found["id"]]
    if prefix:
        query, values = f"{query} AND substr(vin, 1, ?) = ?", [*values, len(prefix), prefix]
    return collection(request, request.app[CLOUD].db, "vehicles", query, values, False, item)


@routes.get(f"{BASE}/fleets/{{fid}}/vehicles/{{vid}}")
async def get_vehicle(request: web.Request) -> web.Response:
    """One vehicle."""
    found = vehicle(request)
    return answer(_vehicle(request, found, _extensions(request, "branding", "onboardCapabilities")))


@routes.get(f"{BASE}/fleets/{{fid}}/status")
async def list_statuses(request: web.Request) -> web.Response:
    """What a fleet's vehicles were like when each last spoke."""
    found = fleet(request)

    def item(row: Row) -> JsonObject:
        return _status(request, garage.read([row])[0])

    query = "FROM vehicles WHERE fleet_id = ?"
    return collection(request, request.app[CLOUD].db, "status", query, [found["id"]], False, item)


@routes.get(f"{BASE}/fleets/{{fid}}/vehicles/{{vid}}/status")
async def get_status(request: web.Request) -> web.Response:
    """What the vehicle was like when it last spoke."""
    return answer(_status(request, vehicle(request)))


def _status(request: web.Request, found: Vehicle) -> JsonObject:
    clock = request.app[CLOUD].clock
    document = status_document(found, clock.now(), clock.speed)
    path = ("fleets", found.fleet_id, "vehicles", found.id)
    links = {
        "self": link(request, *path, "status"),
        "vehicle": link(request, *path),
        "fleet": link(request, *path[:2]),
    }
    if "stolen" in document:
        document["stolen"]["_links"] = {"self": links["self"], "vehicle": links["vehicle"]}
    return {"_links": links, **document}


def _fleet(request: web.Request, row: Row) -> JsonObject:
    path = ("fleets", row["id"])
    created = format_time(as_datetime(row["created"]))
    return {
        "_links": {
            "self": link(request, *path),
            "vehicles": link(request, *path, "vehicles"),
            "callbacks": link(request, *path, "remote", "callbacks"),
        },
        "id": row["id"],
        "name": row["name"],
        "createdAt": created,
        "updatedAt": created,
    }


def _vehicle(request: web.Request, found: Vehicle, extensions: set[str]) -> JsonObject:
    path = ("fleets", found.fleet_id, "vehicles", found.id)
    links = {
        "self": link(request, *path),
        "fleet": link(request, *path[:2]),
        "status": link(request, *path, "status"),
        "callbacks": link(request, *path[:2], "remote", "callbacks"),
        "remotes": link(request, *path, "callbacks", "{cbid}", "remotes", templated=True),
    }
    document = {"_links": links, **vehicle_document(found)}
    extension: JsonObject = {}
    if "branding" in extensions:
        extension["branding"] = {"brand": found.brand, "label": found.model}
    if "onboardCapabilities" in extensions:
        extension["onboardCapabilities"] = capabilities(found)
    return document | ({"_embedded": {"extension": extension}} if extension else {})


def _extensions(request: web.Request, *known: str) -> set[str]:
    asked = {word for text in request.query.getall("extension", []) for word in text.split(",")}
    unknown = asked - {*known, "pictures"}
    if unknown:
        raise Invalid("extension", f"{min(unknown)!r} is not allowed; use {', '.join(known)} or pictures")
    return asked
