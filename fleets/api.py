"""GET fleets and vehicles (fleet-owner-v3.yaml): what the calling API client may use, anything else is a 404."""

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fleets.models import ApiClient, Fleet, Vehicle
from fleets.rest.errors import ApiError
from fleets.rest.hal import collection, link
from protocol.v3 import format_time


def caller(request: Request) -> ApiClient:
    return cast(ApiClient, request.user)


def get_fleet(request: Request, fid: str) -> Fleet:
    """The fleet if the caller may use it; raises a 404."""
    fleet = caller(request).fleets.filter(public_id=fid).first()
    if fleet is None:
        raise ApiError(404, f"There is no fleet {fid} for this client.")
    return fleet


def get_vehicle(request: Request, fid: str, vid: str) -> Vehicle:
    """The vehicle if it is in a fleet that the caller may use; raises a 404."""
    vehicle = Vehicle.objects.filter(public_id=vid, fleet__public_id=fid, fleet__api_clients=caller(request).pk).first()
    if vehicle is None:
        raise ApiError(404, f"There is no vehicle {vid} in fleet {fid} for this client.")
    return vehicle


class FleetsView(APIView):
    def get(self, request: Request) -> Response:
        rows = caller(request).fleets.all()
        return Response(collection(request, rows, "fleets", lambda fleet: render_fleet(request, fleet)))


class FleetView(APIView):
    def get(self, request: Request, fid: str) -> Response:
        return Response(render_fleet(request, get_fleet(request, fid)))


class VehiclesView(APIView):
    def get(self, request: Request, fid: str) -> Response:
        fleet = get_fleet(request, fid)
        rows: QuerySet[Vehicle] = fleet.vehicles.all()
        prefix = request.query_params.get("vinPrefix")
        if prefix:
            rows = rows.filter(vin__startswith=prefix.replace("\x00", ""))
        body = collection(request, rows, "vehicles", lambda vehicle: render_vehicle(request, vehicle, fid))
        return Response(body)


class VehicleView(APIView):
    def get(self, request: Request, fid: str, vid: str) -> Response:
        return Response(render_vehicle(request, get_vehicle(request, fid, vid), fid))


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


def render_vehicle(request: Request, vehicle: Vehicle, fid: str) -> dict[str, Any]:
    """VehicleItem and Vehicle: they differ only in extensions, of which we have none."""
    body: dict[str, Any] = {
        "_links": {
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
    return body
