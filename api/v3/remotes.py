"""Remote actions over the API (fleet-owner-v3.yaml, Remote and RemoteAction).

Before upstream has accepted an action `status` is left out, since a published client can't read new ones; the
extension field `state` says how far it is, and `detail` what the protocol has no word for. Extensions of a request:
`timeToLive` and `whenAwake` in the body (api/rest/wishes.py), DELETE while nothing has been sent.
"""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.asking import IDEMPOTENCY_KEY, REASON, ask, standing, take_back
from api.rest.docs import INDEX_RANGE
from api.rest.errors import ApiError, Meaning
from api.rest.hal import link
from api.rest.views import caller
from api.rest.wishes import read_wishes
from api.v3.docs import PAGE, describes, ref
from api.v3.lookup import find_place
from api.v3.pages import collection
from api.v3.views import V3View
from callbacks.models import Callback
from protocol.canonical import JsonObject, Remote
from protocol.canonical.masked import shown
from protocol.canonical.places import without_whereabouts
from protocol.v3 import decode_remote, show_remote
from remotes.models import RemoteAction


class RemotesView(V3View):
    @describes(
        "getRemoteRequestsForVhl",
        "The remote actions of a vehicle on a callback.",
        ref("RemoteActions"),
        tag="Remote",
        parameters=[*PAGE, INDEX_RANGE],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str, vid: str, cbid: str) -> Response:
        vehicle, callback = find_place(caller(request), fid, vid, cbid)
        rows = RemoteAction.objects.filter(callback=callback, vehicle=vehicle)
        body = collection(request, rows, "remoteActions", lambda row: render_action(request, row, (fid, vid, cbid)))
        return Response(body)

    @describes(
        "sendRemoteToVhl",
        "Send a remote action to a vehicle.",
        ref("RemotePostResponse"),
        tag="Remote",
        status=202,
        body=ref("Remote"),
        parameters=[IDEMPOTENCY_KEY, REASON],
        errors=[403, 404, 409],
    )
    def post(self, request: Request, fid: str, vid: str, cbid: str) -> Response:
        vehicle, callback = find_place(caller(request), fid, vid, cbid)
        remote, wishes = read_wishes(request, decode_remote(request.data))
        _check_allowed(request, callback, remote)
        action = ask(request, vehicle, callback, remote, wishes)
        place = (fid, vid, cbid)
        body = {
            "_links": {**_links(request, place), "remote": _link(request, action, place)},
            "remoteActionId": action.public_id,
            "type": remote.remote_type.v3.type_name,
        }
        return Response(body, status=202)


class RemoteView(V3View):
    @describes("getRemoteRequestForVhlById", "A remote action.", ref("RemoteAction"), tag="Remote")
    def get(self, request: Request, fid: str, vid: str, cbid: str, rid: str) -> Response:
        return Response(render_action(request, _find(request, (fid, vid, cbid), rid), (fid, vid, cbid)))

    @describes(
        "cancelRemoteRequestForVhlById",
        "Extension: cancel a remote action of which nothing has been sent; 409 says why it is too late.",
        None,
        tag="Remote",
        status=204,
        parameters=[REASON],
        errors=[400, 404, 409],
    )
    def delete(self, request: Request, fid: str, vid: str, cbid: str, rid: str) -> Response:
        take_back(request, _find(request, (fid, vid, cbid), rid))
        return Response(status=204)


def _find(request: Request, place: tuple[str, str, str], rid: str) -> RemoteAction:
    vehicle, callback = find_place(caller(request), *place)
    action = RemoteAction.objects.filter(callback=callback, vehicle=vehicle, public_id=rid).first()
    if action is None:
        raise ApiError(404, f"There is no remote action {rid} for this vehicle and callback.")
    return action


def _check_allowed(request: Request, callback: Callback, remote: Remote) -> None:
    type_name = remote.remote_type.v3.type_name
    if not callback.allows(type_name):
        allowed = ", ".join(callback.subscribe["remoteTypes"])
        raise ApiError(
            400, f"This callback takes no {type_name}; its remoteTypes are {allowed}.", Meaning.NOT_ALLOWED_FOR_CALLBACK
        )
    if not caller(request).may_send(remote.remote_type.name):
        raise ApiError(403, f"This client may not send {type_name}.")


def _told(request: Request, remote: JsonObject) -> JsonObject:
    """Where a vehicle was sent to is told to who may see where it is. A route without positions is none that a
    published client could read, so that it is left out.
    """
    if caller(request).sees_positions:
        return remote
    told: JsonObject = without_whereabouts(remote)
    return {name: value for name, value in told.items() if name != "navigation"}


def render_action(request: Request, action: RemoteAction, place: tuple[str, str, str]) -> dict[str, Any]:
    """RemoteAction, with the extension fields `state` and `detail`."""
    return {
        "_links": {**_links(request, place), "self": _link(request, action, place)},
        "remoteActionId": action.public_id,
        "type": action.type.v3.type_name,
        "remote": shown(_told(request, show_remote(Remote(action.type, action.payload, action.label, action.extra)))),
        **standing(action),
    }


def _links(request: Request, place: tuple[str, str, str]) -> dict[str, Any]:
    fid, _, cbid = place
    return {
        "fleet": link(request, reverse("v3:fleet", args=[fid])),
        "callback": link(request, reverse("v3:callback", args=[fid, cbid])),
    }


def _link(request: Request, action: RemoteAction, place: tuple[str, str, str]) -> dict[str, Any]:
    return link(request, reverse("v3:remote", args=[*place, action.public_id]))
