"""Remote actions over the API (fleet-owner-v3.yaml, Remote and RemoteAction).

Before upstream has accepted an action `status` is left out, since a published client can't read new ones; the
extension field `state` says how far it is, and `detail` what the protocol has no word for. Extensions of a request:
`timeToLive` and `whenAwake` in the body (api/v3/extensions.py), DELETE while nothing has been sent.
"""

from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import INDEX_RANGE, PAGE, describes, header, ref
from api.rest.errors import NOT_ALLOWED_FOR_CALLBACK, NOT_SUPPORTED_BY_VEHICLE, ApiError
from api.rest.hal import collection, link
from api.rest.views import ApiView, caller
from api.v3.extensions import read_reason, read_wishes
from api.v3.idempotency import earlier, read_idempotency
from api.v3.lookup import find_place
from callbacks.models import Callback
from fleets.audit.entries import Origin, api_client
from fleets.models import ApiClient, Vehicle
from protocol.canonical import Remote, format_time
from protocol.v3 import decode_remote, encode_remote
from remotes.asking.ask import MAX_REASON, Idempotency, NotPossible, Wishes, request_action
from remotes.asking.cancel import TooLate, cancel
from remotes.models import RemoteAction

IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "Extension: a repeat under the same key gives the same answer.",
)


REASON = header(
    "X-Reason", {"type": "string", "maxLength": MAX_REASON}, "Extension: why it is asked for; kept in the audit."
)


class RemotesView(ApiView):
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
        idempotency = read_idempotency(request)
        action = earlier(caller(request), idempotency)
        if action is None:
            action = _request(caller(request), vehicle, callback, remote, idempotency, wishes)
        place = (fid, vid, cbid)
        body = {
            "_links": {**_links(request, place), "remote": _link(request, action, place)},
            "remoteActionId": action.public_id,
            "type": remote.remote_type.v3.type_name,
        }
        return Response(body, status=202)


class RemoteView(ApiView):
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
        action = _find(request, (fid, vid, cbid), rid)
        try:
            cancel(action, api_client(caller(request)), Origin.API, read_reason(request))
        except TooLate as error:
            raise ApiError(409, f"It can't be cancelled any more. {error}") from error
        return Response(status=204)


def _find(request: Request, place: tuple[str, str, str], rid: str) -> RemoteAction:
    vehicle, callback = find_place(caller(request), *place)
    action = RemoteAction.objects.filter(callback=callback, vehicle=vehicle, public_id=rid).first()
    if action is None:
        raise ApiError(404, f"There is no remote action {rid} for this vehicle and callback.")
    return action


def _request(
    client: ApiClient,
    vehicle: Vehicle,
    callback: Callback,
    remote: Remote,
    idempotency: Idempotency | None,
    wishes: Wishes,
) -> RemoteAction:
    try:
        return request_action(
            vehicle, remote, api_client=client, callback=callback, idempotency=idempotency, wishes=wishes
        )
    except NotPossible as error:
        raise ApiError(400, str(error), NOT_SUPPORTED_BY_VEHICLE) from error
    except IntegrityError:
        # The same key has won at the same moment.
        action = earlier(client, idempotency)
        if action is None:
            raise
        return action


def _check_allowed(request: Request, callback: Callback, remote: Remote) -> None:
    type_name = remote.remote_type.v3.type_name
    if not callback.allows(type_name):
        allowed = ", ".join(callback.subscribe["remoteTypes"])
        raise ApiError(
            400, f"This callback takes no {type_name}; its remoteTypes are {allowed}.", NOT_ALLOWED_FOR_CALLBACK
        )
    if not caller(request).may_send(remote.remote_type.name):
        raise ApiError(403, f"This client may not send {type_name}.")


def render_action(request: Request, action: RemoteAction, place: tuple[str, str, str]) -> dict[str, Any]:
    """RemoteAction, with the extension fields `state` and `detail`."""
    body: dict[str, Any] = {
        "_links": {**_links(request, place), "self": _link(request, action, place)},
        "remoteActionId": action.public_id,
        "type": action.type.v3.type_name,
        "remote": encode_remote(Remote(action.type, action.payload, action.label, action.extra)),
        "state": action.state,
        "expiresAt": format_time(action.expires_at),
    }
    optional = {
        "status": action.status,
        "failureCause": action.failure_cause,
        "feedbackDetail": action.feedback_detail,
        "detail": action.detail,
        "reason": action.reason,
    }
    return body | {key: value for key, value in optional.items() if value}


def _links(request: Request, place: tuple[str, str, str]) -> dict[str, Any]:
    fid, _, cbid = place
    return {
        "fleet": link(request, reverse("v3:fleet", args=[fid])),
        "callback": link(request, reverse("v3:callback", args=[fid, cbid])),
    }


def _link(request: Request, action: RemoteAction, place: tuple[str, str, str]) -> dict[str, Any]:
    return link(request, reverse("v3:remote", args=[*place, action.public_id]))
