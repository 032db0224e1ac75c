"""Vehicles and what they can do (connected-car-v1.yaml, Vehicle and VehicleCapability)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import query
from api.rest.errors import ApiError
from api.rest.hal import link
from api.rest.views import caller
from api.v1.docs import PAGE, describes, ref
from api.v1.lookup import find_vehicle, vehicles_of
from api.v1.pages import collection
from api.v1.views import V1View
from fleets.models import Vehicle
from protocol.canonical import JsonObject, format_time
from protocol.v1 import scopes
from protocol.v1.vehicles import encode_capability

_EXTENSIONS = ("devices", "callCenterNumbers")
VIN_PREFIX = query("vinPrefix", {"type": "string"}, "Only VINs that begin so.")
EXTENSION = query(
    "extension",
    {
        "type": "array",
        "minItems": 1,
        "maxItems": len(_EXTENSIONS),
        "items": {"type": "string", "enum": list(_EXTENSIONS)},
    },
    "What to add under `_embedded.extension`; repeated, or with commas between. FleetRemote knows neither.",
)


class VehiclesView(V1View):
    scopes = {"GET": (scopes.VEHICLE,)}

    @describes(
        "getVehicles",
        "The vehicles of all fleets that this client may use.",
        ref("Vehicles"),
        tag="Vehicles",
        parameters=[*PAGE, VIN_PREFIX, EXTENSION],
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        is_extended = _is_extended(request)
        rows: QuerySet[Vehicle] = vehicles_of(caller(request)).defer("state", "capability_document")
        prefix = request.query_params.get("vinPrefix")
        if prefix:
            # No VIN holds NUL, and no question to the database can.
            rows = rows.none() if "\x00" in prefix else rows.filter(vin__startswith=prefix)
        return Response(collection(request, rows, "vehicles", lambda row: render_vehicle(request, row, is_extended)))


class VehicleView(V1View):
    scopes = {"GET": (scopes.VEHICLE,)}

    @describes(
        "getVehicleByid", "A vehicle.", ref("Vehicle"), tag="Vehicles", parameters=[EXTENSION], errors=[400, 404]
    )
    def get(self, request: Request, vid: str) -> Response:
        is_extended = _is_extended(request)
        return Response(render_vehicle(request, find_vehicle(caller(request), vid), is_extended))


class CapabilityView(V1View):
    # Any token will do, as published.
    @describes(
        "getVehicleCapabilityByid",
        "What the vehicle can be asked to do, as its cloud has told it; `onboardCapabilities` is left out until then.",
        ref("VehicleCapability"),
        tag="Vehicles",
    )
    def get(self, request: Request, vid: str) -> Response:
        return Response(encode_capability(_canonical(find_vehicle(caller(request), vid))))


def _is_extended(request: Request) -> bool:
    """Whether an extension is asked for; raises a 400 for one that is not published."""
    asked = [value for text in request.query_params.getlist("extension") for value in text.split(",")]
    if not set(asked) <= set(_EXTENSIONS) or len(asked) > len(_EXTENSIONS):
        raise ApiError(400, f"extension: must be 1 to {len(_EXTENSIONS)} of {', '.join(_EXTENSIONS)}.")
    return bool(asked)


def render_vehicle(request: Request, vehicle: Vehicle, is_extended: bool) -> dict[str, Any]:
    """Vehicle, with the extension fields `id` and `goneAt`; `remotes` is a templated link."""
    vid = vehicle.public_id
    remotes = reverse("v1:remotes", args=[vid, "_"]).replace("/_/", "/{chId}/")
    body: dict[str, Any] = {
        "_links": {
            "self": link(request, reverse("v1:vehicle", args=[vid])),
            "lastTelemetries": link(request, reverse("v1:telemetry", args=[vid])),
            "remotes": {"href": request.build_absolute_uri("/")[:-1] + remotes, "templated": True},
        },
        "id": vid,
        "vin": vehicle.vin,
    }
    if vehicle.motorization:
        body["motorization"] = vehicle.motorization
    if vehicle.gone_at:
        body["goneAt"] = format_time(vehicle.gone_at)
    return body | {"_embedded": {"extension": {}}} if is_extended else body


def _canonical(vehicle: Vehicle) -> JsonObject:
    """What is known of it, as v3 tells a vehicle with its extensions."""
    branding = {"brand": vehicle.brand, "label": vehicle.model}
    extension: JsonObject = {"branding": {name: text for name, text in branding.items() if text}}
    if vehicle.capability_document:
        extension["onboardCapabilities"] = vehicle.capability_document
    told = {"vin": vehicle.vin, "motorization": vehicle.motorization}
    return {**{name: text for name, text in told.items() if text}, "_embedded": {"extension": extension}}
