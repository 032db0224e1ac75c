"""GET fleets and vehicles (fleet-owner-v3.yaml): what the calling API client may use, anything else is a 404."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import query
from api.rest.errors import ApiError
from api.rest.hal import link, with_links
from api.rest.views import caller
from api.v3.docs import PAGE, describes, ref
from api.v3.pages import collection
from api.v3.views import V3View
from fleets.audit.looking import client_saw_position
from fleets.models import Fleet, Vehicle
from fleets.vehicles.merging import as_told
from fleets.vehicles.position import position_of
from protocol.canonical import format_time
from protocol.canonical.places import without_places


def get_fleet(request: Request, fid: str) -> Fleet:
    """The fleet if the caller may use it; raises a 404."""
    fleet = caller(request).fleets.filter(public_id=fid).first()
    if fleet is None:
        raise ApiError(404, f"There is no fleet {fid} for this client.")
    return fleet


def get_vehicle(request: Request, fid: str, vid: str) -> Vehicle:
    """The vehicle if it is in a fleet that the caller may use; raises a 404."""
    rows = Vehicle.objects.filter(public_id=vid, fleet__public_id=fid, fleet__api_clients=caller(request).pk)
    vehicle = rows.select_related("fleet").order_by().first()
    if vehicle is None:
        raise no_vehicle(fid, vid)
    return vehicle


def no_vehicle(fid: str, vid: str) -> ApiError:
    return ApiError(404, f"There is no vehicle {vid} in fleet {fid} for this client.")


def _extension_parameter(*names: str) -> OpenApiParameter:
    schema = {
        "type": "array",
        "minItems": 1,
        "maxItems": len(names),
        "items": {"type": "string", "enum": list(names)},
    }
    words = "What to add under `_embedded.extension`; repeated, or with commas between. There are no pictures."
    return query("extension", schema, words)


_LIST_EXTENSIONS = ("branding", "pictures")
_EXTENSIONS = ("onboardCapabilities", *_LIST_EXTENSIONS)
VIN_PREFIX = query("vinPrefix", {"type": "string"}, "Only VINs that begin so.")
PROFILE = query("profile", {"type": "string", "enum": ["fleet", "endUser"], "default": "fleet"}, "Whose view.")


class FleetsView(V3View):
    @describes(
        "getFleets", "The fleets that this client may use.", ref("Fleets"), tag="Fleet", parameters=PAGE, errors=[400]
    )
    def get(self, request: Request) -> Response:
        rows = caller(request).fleets.all()
        return Response(collection(request, rows, "fleets", lambda fleet: render_fleet(request, fleet)))


class FleetView(V3View):
    @describes("getFleet", "A fleet.", ref("Fleet"), tag="Fleet")
    def get(self, request: Request, fid: str) -> Response:
        return Response(render_fleet(request, get_fleet(request, fid)))


class VehiclesView(V3View):
    @describes(
        "getVehiclesByDevice",
        "The vehicles of a fleet.",
        ref("Vehicles"),
        tag="Vehicles",
        parameters=[*PAGE, VIN_PREFIX, _extension_parameter(*_LIST_EXTENSIONS)],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str) -> Response:
        fleet = get_fleet(request, fid)
        extensions = _extensions(request, _LIST_EXTENSIONS)
        rows: QuerySet[Vehicle] = fleet.vehicles.defer("state", "capability_document")
        prefix = request.query_params.get("vinPrefix")
        if prefix:
            rows = rows.filter(vin__startswith=prefix.replace("\x00", ""))
        body = collection(request, rows, "vehicles", lambda vehicle: render_vehicle(request, vehicle, fid, extensions))
        return Response(body)


class VehicleView(V3View):
    @describes(
        "getVehicleByid",
        "A vehicle.",
        ref("Vehicle"),
        tag="Vehicles",
        parameters=[_extension_parameter(*_EXTENSIONS)],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str, vid: str) -> Response:
        extensions = _extensions(request, _EXTENSIONS)
        return Response(render_vehicle(request, get_vehicle(request, fid, vid), fid, extensions))


class VehicleStatusView(V3View):
    @describes(
        "getFleetVehicleStatus",
        "The last status of a vehicle, without its position for who may not see that; 404 while none has been read.",
        ref("Status"),
        tag="Vehicles",
        parameters=[PROFILE],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str, vid: str) -> Response:
        profile = request.query_params.get("profile", "fleet")
        if profile not in ("fleet", "endUser"):
            raise ApiError(400, "profile: must be fleet or endUser.")
        vehicle = get_vehicle(request, fid, vid)
        if not vehicle.state or vehicle.state_read_at is None:
            raise ApiError(404, _why_no_status(vehicle))
        if not caller(request).sees_positions:
            vehicle.state = without_places(vehicle.state)
        elif position_of(vehicle.state) is not None:
            client_saw_position(vehicle, caller(request))
        told_at = vehicle.heard_at or vehicle.state_read_at
        return Response(render_status(request, vehicle, told_at, fid))


def _why_no_status(vehicle: Vehicle) -> str:
    if vehicle.state_problem is None or vehicle.state_tried_at is None:
        return "No status of this vehicle has been read yet. It is as soon as its turn comes."
    return f"{vehicle.state_problem} Asked at {format_time(vehicle.state_tried_at)}."


def render_fleet(request: Request, fleet: Fleet) -> dict[str, Any]:
    """Fleet."""
    fid = fleet.public_id
    return {
        "_links": {
            "self": link(request, reverse("v3:fleet", args=[fid])),
            "vehicles": link(request, reverse("v3:vehicles", args=[fid])),
            "callbacks": link(request, reverse("v3:callbacks", args=[fid])),
        },
        "id": fid,
        "name": fleet.name,
        "description": fleet.description,
        "createdAt": format_time(fleet.created_at),
        "updatedAt": format_time(fleet.updated_at),
    }


def _extensions(request: Request, known: tuple[str, ...]) -> set[str]:
    """The values of `extension`, repeated or with commas between; raises a 400 for one that is not known here."""
    asked = [value for text in request.query_params.getlist("extension") for value in text.split(",")]
    if not set(asked) <= set(known) or len(asked) > len(known):
        raise ApiError(400, f"extension: must be 1 to {len(known)} of {', '.join(known)}.")
    return set(asked)


def render_vehicle(request: Request, vehicle: Vehicle, fid: str, extensions: set[str]) -> dict[str, Any]:
    """VehicleItem and Vehicle: they differ only in the extensions that may be asked for."""
    body: dict[str, Any] = {
        "_links": {
            "status": link(request, reverse("v3:vehicle-status", args=[fid, vehicle.public_id])),
            "self": link(request, reverse("v3:vehicle", args=[fid, vehicle.public_id])),
            "fleet": link(request, reverse("v3:fleet", args=[fid])),
            "callbacks": link(request, reverse("v3:callbacks", args=[fid])),
        },
        "id": vehicle.public_id,
        "vin": vehicle.vin,
        "createdAt": format_time(vehicle.created_at),
        "updatedAt": format_time(vehicle.updated_at),
    }
    if vehicle.motorization:
        body["motorization"] = vehicle.motorization
    if vehicle.brand:
        body["brand"] = vehicle.brand
    if vehicle.gone_at:
        body["goneAt"] = format_time(vehicle.gone_at)
    if extensions:
        body["_embedded"] = {"extension": _render_extension(vehicle, extensions)}
    return body


def _render_extension(vehicle: Vehicle, extensions: set[str]) -> dict[str, Any]:
    """VehicleExtension: what was asked for and is known. Capabilities are as upstream told them."""
    extension: dict[str, Any] = {}
    if "branding" in extensions:
        branding = {"brand": vehicle.brand, "label": vehicle.model}
        extension["branding"] = {name: text for name, text in branding.items() if text}
    if "onboardCapabilities" in extensions and vehicle.capability_document:
        extension["onboardCapabilities"] = vehicle.capability_document
    return extension


def render_status(request: Request, vehicle: Vehicle, told_at: datetime, fid: str) -> dict[str, Any]:
    """Status: as upstream told it, with links of ours in place of upstream's, and `told_at` where it has no date."""
    own = {
        "self": link(request, reverse("v3:vehicle-status", args=[fid, vehicle.public_id])),
        "vehicle": link(request, reverse("v3:vehicle", args=[fid, vehicle.public_id])),
    }
    status: dict[str, Any] = with_links(as_told(vehicle.state), own)
    top = {**own, "fleet": link(request, reverse("v3:fleet", args=[fid]))}
    return {"createdAt": format_time(told_at), **status, "_links": top, "vin": vehicle.vin}
