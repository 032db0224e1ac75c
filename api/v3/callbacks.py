"""Remote callbacks over the API (fleet-owner-v3.yaml, RemoteCallback)."""

from functools import reduce
from operator import or_
from typing import Any, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import INDEX_RANGE, KEEPS, query
from api.rest.errors import ApiError
from api.rest.hal import link
from api.rest.views import caller
from api.v3.docs import PAGE, describes, ref
from api.v3.fleets import get_fleet
from api.v3.pages import collection
from api.v3.schemas import SCHEMAS
from api.v3.views import V3View
from callbacks.delivery.addresses import check_target
from callbacks.models import Callback
from callbacks.pending import is_pending
from callbacks.registering.keeping import kept
from callbacks.registering.room import TooMany, callbacks_of, make_room
from callbacks.status import set_status
from callbacks.wake import wake_delivery
from protocol.canonical import Subscribe, format_time
from protocol.canonical.masked import shown
from protocol.catalogue import BY_V3_TYPE_NAME
from protocol.schema import check
from protocol.v3 import decode_subscribe


def taking(callbacks: QuerySet[Callback], types: list[str]) -> QuerySet[Callback]:
    """Those that take one of the v3 `types`; each entry may hold several with commas. None given: all."""
    wanted = [name for entry in types for name in entry.split(",") if name]
    if not wanted:
        return callbacks
    unknown = [name for name in wanted if name not in BY_V3_TYPE_NAME]
    if unknown:
        raise ApiError(400, f"types: {unknown[0]!r} is not allowed; use some of {', '.join(BY_V3_TYPE_NAME)}.")
    every = Q(subscribe__remoteTypes__isnull=True) | Q(subscribe__remoteTypes=[])
    return callbacks.filter(reduce(or_, (Q(subscribe__remoteTypes__contains=[name]) for name in wanted), every))


def get_callback(request: Request, fid: str, cbid: str, *, lock: bool = False) -> Callback:
    """The caller's callback in that fleet, its row locked if wished; raises a 404."""
    rows = callbacks_of(caller(request), get_fleet(request, fid)).filter(public_id=cbid)
    callback = (rows.select_for_update() if lock else rows).first()
    if callback is None:
        raise no_callback(fid, cbid)
    return callback


def no_callback(fid: str, cbid: str) -> ApiError:
    return ApiError(404, f"There is no callback {cbid} in fleet {fid}.")


def read_subscribe(request: Request) -> Subscribe:
    """What is to be registered; raises Invalid, also for an address that nothing may be posted to."""
    subscribe = decode_subscribe(request.data)
    check_target(subscribe.target)
    return subscribe


TYPES = query(
    "types",
    {"type": "array", "items": {"type": "string", "enum": list(BY_V3_TYPE_NAME)}},
    "Only callbacks that take one of these.",
)
SUBSCRIBE = ref("RemoteCallbackSubscribe")


class CallbacksView(V3View):
    @describes(
        "getFleetRemotes",
        "The callbacks that this client has in a fleet.",
        ref("RemoteCallbacks"),
        tag="Remote",
        parameters=[*PAGE, INDEX_RANGE, TYPES],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str) -> Response:
        rows = taking(callbacks_of(caller(request), get_fleet(request, fid)), request.query_params.getlist("types"))
        return Response(collection(request, rows, "callbacks", lambda row: render_callback(request, row, fid)))

    @describes("setFleetVehicleRemote", "Register a callback.", ref("CallbackRef"), tag="Remote", body=SUBSCRIBE)
    def post(self, request: Request, fid: str) -> Response:
        fleet = get_fleet(request, fid)
        callback = Callback(fleet=fleet, created_by=caller(request))
        callback.register(kept(read_subscribe(request)))
        try:
            with transaction.atomic():
                make_room(fleet, caller(request))
                callback.save()
        except TooMany as error:
            raise ApiError(400, str(error)) from error
        return Response({**render_reference(request, callback, fid), "secret": callback.secret})


class CallbackView(V3View):
    @describes("getFleetRemotebyId", "A callback.", ref("RemoteCallback"), tag="Remote")
    def get(self, request: Request, fid: str, cbid: str) -> Response:
        return Response(render_callback(request, get_callback(request, fid, cbid), fid))

    @describes(
        "setFleetVehicleRemoteById",
        f"Replace a callback. {KEEPS}",
        ref("CallbackRef"),
        tag="Remote",
        status=202,
        body=SUBSCRIBE,
    )
    def put(self, request: Request, fid: str, cbid: str) -> Response:
        subscribe = read_subscribe(request)
        with transaction.atomic():
            callback = get_callback(request, fid, cbid, lock=True)
            callback.register(kept(subscribe, callback))
            callback.save()
            transaction.on_commit(lambda: wake_delivery([callback.pk]))
        return Response(render_reference(request, callback, fid), status=202)

    @describes(
        "deleteFleetRemote",
        "Delete a callback on which nothing is pending.",
        None,
        tag="Remote",
        status=204,
        errors=[400, 404],
    )
    def delete(self, request: Request, fid: str, cbid: str) -> Response:
        with transaction.atomic():
            callback = get_callback(request, fid, cbid, lock=True)
            if is_pending(callback):
                raise ApiError(400, "A remote action on this callback is pending; delete it once that is done.")
            callback.deleted_at = timezone.now()
            callback.save()
        return Response(status=204)


class CallbackStatusView(V3View):
    @describes(
        "setFleeRemoteCallbackStatus",
        "Pause or resume a callback.",
        ref("CallbackRef"),
        tag="Remote",
        status=202,
        body=ref("RemoteCallbacksStatusSetter"),
    )
    def put(self, request: Request, fid: str, cbid: str) -> Response:
        check(SCHEMAS["RemoteCallbacksStatusSetter"], request.data)
        with transaction.atomic():
            callback = get_callback(request, fid, cbid, lock=True)
            status = cast(dict[str, str], request.data)["status"]
            set_status(callback, status, f"Paused over the API by {caller(request).name}.")
        return Response(render_reference(request, callback, fid), status=202)


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
    """RemoteCallback with the extension fields `statusReason` and `statusSince`; `remotes` is a templated link.

    Secret values of attributes are masked, also for the client that gave them: whoever has its password has no more.
    `remoteTypes` is required there; a callback that was registered without it takes every type.
    """
    remotes = reverse("v3:remotes", args=[fid, "_", callback.public_id]).replace("/_/", "/{vid}/")
    body: dict[str, Any] = {
        "_links": {
            "self": _callback_link(request, callback, fid),
            "fleet": link(request, reverse("v3:fleet", args=[fid])),
            "remotes": {"href": request.build_absolute_uri("/")[:-1] + remotes, "templated": True},
        },
        "id": callback.public_id,
        "subscribe": shown({"remoteTypes": [], **callback.subscribe}),
        "status": callback.status,
    }
    if callback.status_reason:
        body["statusReason"] = callback.status_reason
    if callback.status_at:
        body["statusSince"] = format_time(callback.status_at)
    return body
