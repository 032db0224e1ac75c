"""GET of the account's vehicles, of what each can do, and of its latest telemetry."""

from aiohttp import web

from protocol.canonical import JsonObject
from protocol.errors import Invalid
from simulator.api.hal import Refusal, answer, collection
from simulator.api.request import CLOUD
from simulator.api_v1.answers import BASE, PAGING, link
from simulator.api_v1.capability import capability_document
from simulator.api_v1.request import SCOPES, need, vehicle
from simulator.api_v1.telemetry import TYPES, telemetry_document
from simulator.database import Row
from simulator.scopes import TELEMETRY, VEHICLE, telemetry_parts
from simulator.vehicles import garage
from simulator.vehicles.vehicle import Vehicle

routes = web.RouteTableDef()
ALL = f"{BASE}/accounts/vehicles"
ONE = f"{ALL}/{{vid}}"
_EXTENSIONS = ("devices", "callCenterNumbers")

_BRANDS = {"Peugeot": "AP", "Citroën": "AC", "DS": "DS", "Opel": "OP", "Vauxhall": "VX"}
_FUELS = {"Electric": "E", "Hybrid": "H", "Thermic": "D"}


@routes.get(ALL)
async def list_vehicles(request: web.Request) -> web.Response:
    """The account's vehicles, those whose VIN begins with `vinPrefix` if one is given."""
    need(request, (VEHICLE,))
    _check_extensions(request)
    prefix = request.query.get("vinPrefix", "")

    def item(row: Row) -> JsonObject:
        return _document(request, garage.read([row])[0])

    query = "FROM vehicles WHERE fleet_id IN (SELECT id FROM fleets WHERE api = 'v1')"
    values: list[object] = []
    if prefix:
        query, values = f"{query} AND substr(vin, 1, ?) = ?", [len(prefix), prefix]
    return collection(request, request.app[CLOUD].db, "vehicles", query, values, False, item, PAGING)


@routes.get(ONE)
async def get_vehicle(request: web.Request) -> web.Response:
    """One vehicle."""
    need(request, (VEHICLE,))
    _check_extensions(request)
    return answer(_document(request, vehicle(request)))


@routes.get(f"{ONE}/capability")
async def get_capability(request: web.Request) -> web.Response:
    """What the vehicle can do."""
    need(request, (VEHICLE,))
    return answer(capability_document(vehicle(request)))


@routes.get(f"{ONE}/telemetries/latest")
async def get_telemetry(request: web.Request) -> web.Response:
    """What the vehicle was like when it last spoke: the parts that `type` names and the token may read."""
    granted = request[SCOPES]
    parts = telemetry_parts(granted)
    if not parts:
        raise Refusal(403, f"The access token lacks the scope {TELEMETRY}, or one of its parts.")
    found, clock = vehicle(request), request.app[CLOUD].clock
    here = ("accounts", "vehicles", found.id)
    links = {"self": link(request, *here, "telemetries", "latest"), "vehicle": link(request, *here)}
    document = telemetry_document(found, clock.now(), clock.speed, links["self"], _wanted_types(request), parts)
    return answer({"_links": links, **document})


def _wanted_types(request: web.Request) -> tuple[str, ...]:
    """The dotted paths of `type`, "" for all where it is left out."""
    words = [word for text in request.query.getall("type", []) for word in text.split(",")]
    unknown = [word for word in words if word not in TYPES]
    if unknown or len(words) > 10:
        wrong = f"{unknown[0]!r} is not allowed" if unknown else "10 are the most"
        raise Invalid("type", f"{wrong}; use {', '.join(TYPES)}")
    return tuple(words) or ("",)


def _document(request: web.Request, found: Vehicle) -> JsonObject:
    """Vehicle of connected-car-v1.yaml. As published it has no id but that at the end of its address."""
    here = ("accounts", "vehicles", found.id)
    return {
        "_links": {
            "self": link(request, *here),
            "lastTelemetries": link(request, *here, "telemetries", "latest"),
            "remotes": link(request, *here, "channels", "{chId}", "remotes", templated=True),
        },
        "vin": found.vin,
        "brandCode": _BRANDS[found.brand],
        "familyCode": found.model,
        "motorization": found.motorization,
        "fuelType": _FUELS[found.motorization],
    }


def _check_extensions(request: web.Request) -> None:
    """Devices and call centres are published extensions that these vehicles have nothing in."""
    asked = {word for text in request.query.getall("extension", []) for word in text.split(",")}
    unknown = asked - set(_EXTENSIONS)
    if unknown:
        raise Invalid("extension", f"{min(unknown)!r} is not allowed; use {' or '.join(_EXTENSIONS)}")
