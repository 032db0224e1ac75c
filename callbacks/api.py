"""Remote callbacks over the API (fleet-owner-v3.yaml, RemoteCallback)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from callbacks.models import Callback
from fleets.api import caller, get_fleet
from fleets.models import Fleet
from fleets.rest.errors import ApiError
from fleets.rest.hal import collection, link
from protocol.v3 import decode_subscribe


def callbacks_of(fleet: Fleet) -> QuerySet[Callback]:
    return fleet.callbacks.filter(deleted_at__isnull=True)


def get_callback(fleet: Fleet, cbid: str) -> Callback:
    """The fleet's callback; raises a 404."""
    callback = callbacks_of(fleet).filter(public_id=cbid).first()
    if callback is None:
        raise ApiError(404, f"There is no callback {cbid} in fleet {fleet.public_id}.")
    return callback


class CallbacksView(APIView):
    def get(self, request: Request, fid: str) -> Response:
        rows = callbacks_of(get_fleet(request, fid))
        return Response(collection(request, rows, "callbacks", lambda row: render_callback(request, row, fid)))

    def post(self, request: Request, fid: str) -> Response:
        fleet = get_fleet(request, fid)
        callback = Callback(fleet=fleet, created_by=caller(request))
        callback.register(decode_subscribe(request.data))
        callback.save()
        return Response(render_reference(request, callback, fid))


class CallbackView(APIView):
    def get(self, request: Request, fid: str, cbid: str) -> Response:
        return Response(render_callback(request, get_callback(get_fleet(request, fid), cbid), fid))


def _callback_link(request: Request, callback: Callback, fid: str) -> dict[str, Any]:
    return link(request, reverse("v3:callback", args=[fid, callback.public_id]))


def render_reference(request: Request, callback: Callback, fid: str) -> dict[str, Any]:
    """CallbackRef."""
    return {
        "_links": {
            "fleet": link(request, reverse("v3:fleet", args=[fid])),
            "callback": _callback_link(request, callback, fid),
        },
        "callbackId": callback.public_id,
        "status": callback.status,
    }


def render_callback(request: Request, callback: Callback, fid: str) -> dict[str, Any]:
    """RemoteCallback; `remotes` is a templated link."""
    remotes = reverse("v3:remotes", args=[fid, "_", callback.public_id]).replace("/_/", "/{vid}/")
    return {
        "_links": {
            "self": _callback_link(request, callback, fid),
            "fleet": link(request, reverse("v3:fleet", args=[fid])),
            "remotes": {"href": request.build_absolute_uri("/")[:-1] + remotes, "templated": True},
        },
        "id": callback.public_id,
        "subscribe": callback.subscribe,
        "status": callback.status,
    }
