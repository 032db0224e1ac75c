"""Remote actions over the API (connected-car-v1.yaml, Remote and RemoteAction).

`status` is required there, so that it says Accepted before upstream has accepted; the extension field `state` says how
far it is, and `detail` what the protocol has no word for. Extensions of a request are those of v3: `timeToLive` and
`whenAwake` in the body (api/rest/wishes.py), DELETE while nothing has been sent.
"""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.asking import IDEMPOTENCY_KEY, REASON, ask, standing, take_back
from api.rest.errors import ApiError
from api.rest.hal import link
from api.rest.views import caller
from api.rest.wishes import read_wishes
from api.v1.channels import channel_link
from api.v1.docs import PAGE, describes, ref
from api.v1.lookup import Place, find_place
from api.v1.pages import collection
from api.v1.views import V1View, granted, missing_scope
from protocol import statuses
from protocol.canonical import JsonObject, Remote
from protocol.canonical.masked import refuse_masks, shown
from protocol.canonical.places import without_whereabouts
from protocol.v1 import decode_remote, in_own_terms, scopes, show_remote, type_name
from remotes.models import RemoteAction

_READ = (scopes.REMOTE, *scopes.READ.values(), *scopes.WRITE.values())
_WRITE = tuple(scopes.WRITE.values())


class RemotesView(V1View):
    described_scopes = {"GET": _READ, "POST": _WRITE}

    @describes(
        "getVehicleRemotes",
        "The remote actions of a vehicle on a channel that the token may read, newest first.",
        ref("RemoteActions"),
        tag="Remotes",
        parameters=PAGE,
        errors=[400, 404],
    )
    def get(self, request: Request, vid: str, chid: str) -> Response:
        place = find_place(caller(request), vid, chid)
        rows = _readable(request, _rows(place))
        body = collection(
            request, rows, "remoteActions", lambda row: render_action(request, place, row), newest_first=True
        )
        return Response(body)

    @describes(
        "sendVehicleRemotes",
        "Send a remote action to a vehicle; 501 where the vehicle lacks the feature.",
        ref("RemotePostResponse"),
        tag="Remotes",
        status=202,
        body=ref("Remote"),
        parameters=[IDEMPOTENCY_KEY, REASON],
        errors=[404, 409, 501],
    )
    def post(self, request: Request, vid: str, chid: str) -> Response:
        place = find_place(caller(request), vid, chid)
        remote, wishes = read_wishes(request, decode_remote(request.data))
        refuse_masks(remote.extra.get("attributes", ()), "attributes")
        _check_allowed(request, remote)
        action = ask(request, place.vehicle, place.member(), remote, wishes, in_own_terms)
        body = {
            "_links": {"channel": channel_link(request, place.channel), "remote": _link(request, place, action)},
            "remoteActionId": action.public_id,
            "type": type_name(remote.remote_type, remote.payload),
        }
        return Response(body, status=202)


class RemoteView(V1View):
    described_scopes = {"GET": _READ, "DELETE": _WRITE}

    @describes("getVehicleRemoteById", "A remote action.", ref("RemoteAction"), tag="Remotes")
    def get(self, request: Request, vid: str, chid: str, rid: str) -> Response:
        place = find_place(caller(request), vid, chid)
        action = _find(place, rid)
        if not scopes.may_read(granted(request), action.remote_type):
            raise missing_scope(scopes.READ[action.remote_type])
        return Response(render_action(request, place, action))

    @describes(
        "cancelVehicleRemoteById",
        "Extension: cancel a remote action of which nothing has been sent; 409 says why it is too late.",
        None,
        tag="Remotes",
        status=204,
        parameters=[REASON],
        errors=[400, 404, 409],
    )
    def delete(self, request: Request, vid: str, chid: str, rid: str) -> Response:
        action = _find(find_place(caller(request), vid, chid), rid)
        _check_scope(request, action.remote_type)
        take_back(request, action)
        return Response(status=204)


def _rows(place: Place) -> QuerySet[RemoteAction]:
    """The vehicle's on the channel, also those under a member that has ended since."""
    return RemoteAction.objects.filter(callback__channel=place.channel, vehicle=place.vehicle)


def _find(place: Place, rid: str) -> RemoteAction:
    action = _rows(place).filter(public_id=rid).first()
    if action is None:
        raise ApiError(404, f"There is no remote action {rid} for this vehicle and channel.")
    return action


def _readable(request: Request, rows: QuerySet[RemoteAction]) -> QuerySet[RemoteAction]:
    """Those of the types that the token may read; raises a 403 where it may read none."""
    names = [name for name in scopes.READ if scopes.may_read(granted(request), name)]
    if not names:
        raise missing_scope(*_READ)
    return rows if len(names) == len(scopes.READ) else rows.filter(remote_type__in=names)


def _check_allowed(request: Request, remote: Remote) -> None:
    _check_scope(request, remote.remote_type.name)
    if not caller(request).may_send(remote.remote_type.name):
        raise ApiError(403, f"This client may not send {type_name(remote.remote_type, remote.payload)}.")


def _check_scope(request: Request, name: str) -> None:
    if not scopes.may_send(granted(request), name):
        raise missing_scope(scopes.WRITE[name])


def _told(request: Request, remote: JsonObject) -> JsonObject:
    """Where a vehicle was sent to is told to who may see where it is. Of a route its list stays, empty, since a
    published client asks for one.
    """
    if caller(request).sees_positions:
        return remote
    told: JsonObject = without_whereabouts(remote)
    return told | {"action": {"navigation": {"positions": []}}} if "navigation" in told["action"] else told


def render_action(request: Request, place: Place, action: RemoteAction) -> dict[str, Any]:
    """RemoteAction, with the extension fields `state`, `detail`, `reason` and `expiresAt`.

    Secret values in its attributes are masked.
    """
    return {
        "_links": {"channel": channel_link(request, place.channel), "self": _link(request, place, action)},
        "remoteActionId": action.public_id,
        "type": type_name(action.type, action.payload),
        "remote": shown(_told(request, show_remote(Remote(action.type, action.payload, action.label, action.extra)))),
        "status": statuses.ACCEPTED,
        **standing(action),
    }


def _link(request: Request, place: Place, action: RemoteAction) -> dict[str, Any]:
    return link(
        request, reverse("v1:remote", args=[place.vehicle.public_id, place.channel.public_id, action.public_id])
    )
