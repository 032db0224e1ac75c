"""The latest telemetry of a vehicle (connected-car-v1.yaml, AggregatedTelemetries)."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import query
from api.rest.errors import ApiError, Meaning
from api.rest.hal import link, with_links
from api.rest.views import caller
from api.v1.docs import describes, ref
from api.v1.lookup import find_vehicle
from api.v1.views import V1View
from fleets.audit.looking import client_saw_position
from fleets.models import Vehicle
from fleets.vehicles.merging import as_told
from fleets.vehicles.position import position_of
from protocol.canonical import JsonObject, format_time
from protocol.canonical.places import without_places
from protocol.v1 import scopes
from protocol.v1.telemetry import encode_telemetry

# Where each published type stands in the document.
_OF_VEHICLE = (
    *("ignition", "location", "preconditioning", "tyreState", "energies", "engines", "doorsState", "battery"),
    *("safety", "odometer", "kinetic", "propulsion", "transmission", "adas", "lightingSystem", "maintenance"),
    "drivingBehavior",
)
_PATHS: dict[str, tuple[str, ...]] = {
    "environment": ("environment",),
    "privacy": ("privacy",),
    "vehicle": ("vehicle",),
    **{f"vehicle.{part}": ("vehicle", part) for part in _OF_VEHICLE},
    "vehicle.brakingSystem": ("vehicle", "braking"),
    "vehicle.alertsReport": ("vehicle", "alerts", "report"),
    "vehicle.activeAlerts": ("vehicle", "alerts", "active"),
    "vehicle.alarm.status": ("vehicle", "alarm", "status"),
    "vehicle.alarm.trigger": ("vehicle", "alarm", "trigger"),
}
_MOST_TYPES = 10
TYPE = query(
    "type",
    {"type": "array", "minItems": 1, "maxItems": _MOST_TYPES, "items": {"type": "string", "enum": list(_PATHS)}},
    "Only these parts; repeated, or with commas between. All where it is left out.",
)


class TelemetryView(V1View):
    scopes = {"GET": (scopes.TELEMETRY,)}

    @describes(
        "getVehicleLastTelemetries",
        "The latest telemetry that the vehicle's cloud has told; 404 while none has been read.",
        ref("AggregatedTelemetries"),
        tag="Vehicles",
        parameters=[TYPE],
        errors=[400, 404],
    )
    def get(self, request: Request, vid: str) -> Response:
        wanted = _wanted(request)
        vehicle = find_vehicle(caller(request), vid)
        if not vehicle.state or vehicle.state_read_at is None:
            raise ApiError(404, _why_none(vehicle), Meaning.NO_DATA)
        if not caller(request).sees_positions:
            vehicle.state = without_places(vehicle.state)
        elif _tells_position(vehicle, wanted):
            client_saw_position(vehicle, caller(request))
        return Response(_render(request, vehicle, wanted))


def _wanted(request: Request) -> list[str]:
    """The types of the query, all where it names none; raises a 400 for what is not published."""
    asked = [value for text in request.query_params.getlist("type") for value in text.split(",")]
    if not set(asked) <= set(_PATHS) or len(asked) > _MOST_TYPES:
        raise ApiError(400, f"type: must be 1 to {_MOST_TYPES} of {', '.join(_PATHS)}.")
    return asked


def _tells_position(vehicle: Vehicle, wanted: list[str]) -> bool:
    return position_of(vehicle.state) is not None and (not wanted or "vehicle.location" in wanted)


def _why_none(vehicle: Vehicle) -> str:
    if vehicle.state_problem is None or vehicle.state_tried_at is None:
        return "No telemetry of this vehicle has been read yet. It is as soon as its turn comes."
    return f"{vehicle.state_problem} Asked at {format_time(vehicle.state_tried_at)}."


def _render(request: Request, vehicle: Vehicle, wanted: list[str]) -> dict[str, Any]:
    """AggregatedTelemetries: as upstream told it, with links of ours in place of upstream's."""
    own = {
        "self": link(request, reverse("v1:telemetry", args=[vehicle.public_id])),
        "vehicle": link(request, reverse("v1:vehicle", args=[vehicle.public_id])),
    }
    told_at = vehicle.heard_at or vehicle.state_read_at
    dated = {"createdAt": format_time(told_at)} if told_at else {}
    document = encode_telemetry({**dated, **as_told(vehicle.state)})
    told = _only(document, wanted) if wanted else document
    return {**with_links(told, own), "_links": own}


def _only(document: JsonObject, wanted: list[str]) -> JsonObject:
    """The times, and what stands at the places of the wanted types."""
    kept: JsonObject = {name: document[name] for name in ("createdAt", "updatedAt") if name in document}
    for name in wanted:
        _copy(document, kept, _PATHS[name])
    return kept


def _copy(source: JsonObject, target: JsonObject, path: tuple[str, ...]) -> None:
    first, *rest = path
    if first not in source:
        return
    if not rest:
        target[first] = source[first]
    elif isinstance(source[first], dict):
        inside = target.setdefault(first, {})
        if inside is not source[first]:
            _copy(source[first], inside, tuple(rest))
