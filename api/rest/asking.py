"""Asks for a remote action and takes it back, on behalf of an API client: the same in every dialect."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from rest_framework.request import Request

from api.rest.docs import header
from api.rest.errors import ApiError, Meaning
from api.rest.idempotency import earlier, read_idempotency
from api.rest.views import caller
from api.rest.wishes import read_reason
from callbacks.models import Callback
from fleets.audit.entries import Origin, api_client
from fleets.models import ApiClient, Vehicle
from fleets.programs.trust import is_trusted
from fleets.vehicles import ability, capabilities, limits
from fleets.words.types import title_why
from protocol.canonical import Remote, format_time
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.why import Why
from remotes.asking.ask import MAX_REASON, Idempotency, NotPossible, Wishes, request_action
from remotes.asking.cancel import TooLate, cancel
from remotes.checks.checks import why_unable
from remotes.models import RemoteAction
from remotes.words import codes

IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "Extension: a repeat under the same key gives the same answer.",
)
REASON = header(
    "X-Reason",
    {"type": "string", "maxLength": MAX_REASON},
    "Extension: why it is asked for; kept in the audit. Required for what a second person must approve, unless the "
    "client is trusted with it.",
)

# What is said of a vehicle where the feature itself is not there, or not for us: the whole type, or a part of it.
_LACKING = {
    *(title_why(entry).code for entry in REMOTE_TYPES.values()),
    *(limits.NOT_SUPPORTED, capabilities.NO_START_AT_ONCE, capabilities.NO_STOP_AT_ONCE, ability.NO_SCOPE),
}


# What is said of a canonical payload, in the terms of a dialect.
Terms = Callable[[RemoteType, Why], Why]


def canonical_terms(_remote_type: RemoteType, why: Why) -> Why:
    """Those of v3."""
    return why


def ask(
    request: Request,
    vehicle: Vehicle,
    callback: Callback,
    remote: Remote,
    wishes: Wishes,
    terms: Terms = canonical_terms,
) -> RemoteAction:
    """The action that the request asks for, or that it has asked for before; what it may ask is checked already.

    A refusal is told in the caller's `terms`.
    """
    idempotency = read_idempotency(request)
    action = earlier(caller(request), idempotency)
    if action is not None:
        return action
    try:
        _check_reason(caller(request), vehicle, remote, wishes)
        return _request(caller(request), vehicle, callback, remote, idempotency, wishes)
    except NotPossible as error:
        raise ApiError(400, str(terms(remote.remote_type, error.why)), _meaning(error.why)) from error


def _check_reason(client: ApiClient, vehicle: Vehicle, remote: Remote, wishes: Wishes) -> None:
    """What needs a second person needs a reason that they can read. Raises Invalid.

    A service that is trusted to act alone needs none, so that published clients can. Raises NotPossible where no reason
    would help, as a published client knows that answer, and would else ask a person for nothing.
    """
    entry = remote.remote_type
    if wishes.reason or not entry.two_people or entry.is_release(remote.payload, remote.extra):
        return
    if is_trusted(client, vehicle.fleet_id, entry.name):
        return
    problem = why_unable(vehicle, entry, remote.payload, remote.extra)
    if problem is not None:
        raise NotPossible(problem)
    raise Invalid("X-Reason", "is required for this: say why in this header, as a second person must approve it")


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
    except IntegrityError:
        # The same key has won at the same moment.
        action = earlier(client, idempotency)
        if action is None:
            raise
        return action


def _meaning(why: Why) -> Meaning:
    what = why.values.get("what")
    lacks = why.code == codes.UNABLE and isinstance(what, Why) and what.code in _LACKING
    return Meaning.LACKS_FEATURE if lacks else Meaning.NOT_POSSIBLE


def take_back(request: Request, action: RemoteAction) -> None:
    """Cancel it while nothing has been sent; raises a 409."""
    try:
        cancel(action, api_client(caller(request)), Origin.API, read_reason(request))
    except TooLate as error:
        raise ApiError(409, f"It can't be cancelled any more. {error}") from error


def standing(action: RemoteAction) -> dict[str, Any]:
    """The fields that tell how far it is, in every dialect; those without a value are left out."""
    fields = {
        "status": action.status,
        "failureCause": action.failure_cause,
        "feedbackDetail": action.feedback_detail,
        "state": action.state,
        "detail": action.detail,
        "reason": action.reason,
        "expiresAt": format_time(action.expires_at),
    }
    return {key: value for key, value in fields.items() if value}
