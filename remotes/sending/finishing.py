"""Writes down what came of a sending, if the claim still holds: a worker that lost it changes nothing."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from fleets.models import UpstreamFleet
from fleets.storage import clock
from fleets.storage.sql import run_prepared
from gateways.interface import GatewayError, NotAccepted, Refused, Source
from protocol import statuses
from protocol.why import Why
from remotes.gate import gate
from remotes.life.adoption import adopt_orphans
from remotes.life.endings import end_by_us
from remotes.models import RemoteAction
from remotes.registration import registration
from remotes.sending.claiming import Claim
from remotes.sending.expiry import expires_before
from remotes.timeouts import FIRST_LOOK_UP, backoff, first_poll
from remotes.words import codes
from remotes.words.waiting import why_not_let_in

State = RemoteAction.State

# Each sending runs these; building them from models takes longer than running them.
_ACCEPT = """
UPDATE remotes_remoteaction SET
    state = 'accepted', upstream_id = %(upstream_id)s, accepted_at = %(now)s, due_at = %(due_at)s, why = NULL,
    claim_id = NULL, lease_until = NULL
WHERE id = %(id)s AND claim_id = %(claim)s AND NOT EXISTS (
    SELECT FROM remotes_remoteevent
    WHERE gateway_id = %(gateway)s AND upstream_action_id = %(upstream_id)s AND action_id IS NULL
)
RETURNING id
"""
_AFTER = """
SELECT EXISTS (
        SELECT FROM remotes_remoteevent
        WHERE gateway_id = %(gateway)s AND upstream_action_id = %(upstream_id)s AND action_id IS NULL
    ),
    EXISTS (SELECT FROM remotes_remoteaction WHERE vehicle_id = %(vehicle)s AND state = 'queued')
"""


def note(claim: Claim, result: str | GatewayError) -> bool:
    """Write the result of a sending down: the id upstream, or how it went else. False when nothing else waits."""
    if isinstance(result, str):
        return _accepted(claim, result)
    if isinstance(result, NotAccepted):
        _put_back(claim, result.why, result.retry_after)
    elif isinstance(result, Refused):
        _refused(claim, result)
    else:
        finish(claim, state=State.UNKNOWN, why=result.why, due_at=clock.now() + FIRST_LOOK_UP)
    return bool(with_queued_actions([claim.action.vehicle_id]))


def end(claim: Claim, why: Why, cause: str = statuses.GENERAL_ERROR) -> None:
    with _mine(claim) as action:
        if action is not None:
            end_by_us(action, why, cause)


@contextmanager
def _mine(claim: Claim) -> Iterator[RemoteAction | None]:
    """The action, locked meanwhile; None where the claim is lost."""
    with transaction.atomic():
        mine = RemoteAction.objects.filter(pk=claim.action.pk, claim_id=claim.claim_id)
        yield mine.select_for_update(of=("self",)).select_related("vehicle").first()


def finish(claim: Claim, **values: object) -> bool:
    """Write the outcome, if the claim still holds."""
    return bool(
        RemoteAction.objects.filter(pk=claim.action.pk, claim_id=claim.claim_id).update(
            claim_id=None, lease_until=None, **values
        )
    )


def accept(claim: Claim, upstream_id: str) -> bool:
    """Write down that it was accepted, if the claim still holds and no notification has overtaken the acceptance."""
    now = clock.now()
    values = {
        "id": claim.action.pk,
        "claim": claim.claim_id,
        "gateway": claim.action.gateway_id,
        "upstream_id": upstream_id,
        "now": now,
        "due_at": now + first_poll(claim.action.gateway),
    }
    return bool(run_prepared(_ACCEPT, values))


def with_queued_actions(vehicle_ids: Iterable[int]) -> set[int]:
    """Those of the vehicles that have something to send."""
    queued = RemoteAction.objects.filter(vehicle_id__in=list(vehicle_ids), state=State.QUEUED).order_by()
    return set(queued.values_list("vehicle_id", flat=True).distinct())


def _accepted(claim: Claim, upstream_id: str) -> bool:
    """Note the acceptance. False when nothing else of the vehicle waits to be sent."""
    action = claim.action
    if accept(claim, upstream_id):
        action.upstream_id = upstream_id
    else:
        _accepted_late(claim, upstream_id)
    values = {"gateway": action.gateway_id, "upstream_id": upstream_id, "vehicle": action.vehicle_id}
    ((has_orphans, more),) = run_prepared(_AFTER, values)
    if has_orphans and action.upstream_id:
        # One that was stored at that moment has not seen the new id.
        adopt_orphans(action)
    return bool(more)


def _accepted_late(claim: Claim, upstream_id: str) -> None:
    """Note with the acceptance the notifications that have overtaken it, so that they are told first."""
    now = clock.now()
    with transaction.atomic():
        due_at = now + first_poll(claim.action.gateway)
        if finish(claim, state=State.ACCEPTED, upstream_id=upstream_id, accepted_at=now, due_at=due_at, why=None):
            claim.action.upstream_id = upstream_id
            adopt_orphans(claim.action)


def _put_back(claim: Claim, why: Why, retry_after: float | None) -> None:
    wait = backoff(claim.action.attempts) if retry_after is None else timedelta(seconds=retry_after)
    now = clock.now()
    not_before = now + wait * random.uniform(1, 1.2)
    if retry_after and now + wait >= claim.action.expires_at:
        with _mine(claim) as action:
            if action is not None:
                expires_before(action, now + wait, why)
    else:
        finish(claim, state=State.QUEUED, why=why, not_before=not_before, due_at=not_before)


def _refused(claim: Claim, error: Refused) -> None:
    if error.source is not Source.API:
        # It is not this action that is refused; it waits until we are let through again. The first time it is asked
        # again at once: a cloud may refuse a single request while it renews what it knows.
        is_first = error.status in (401, 403) and claim.action.attempts == 1
        _put_back(claim, why_not_let_in(error), 0 if is_first else None)
        return
    upstream = UpstreamFleet.objects.select_related("gateway").get(
        fleet_id=claim.action.fleet_id, gateway_id=claim.action.gateway_id
    )
    if gate.refuses_us(claim.action.gateway, error.status):
        _put_back(claim, Why(codes.CREDENTIALS_BECAUSE, why=error.why), 0 if claim.action.attempts == 1 else None)
        return
    if error.status == 404 and _register_anew(upstream):
        _put_back(claim, Why(codes.REGISTERED_AGAIN), 0)
        return
    if error.status in (400, 422) and _registered_for_less(claim, upstream):
        return
    cause = statuses.MISSING_RIGHTS if error.status == 403 else statuses.GENERAL_ERROR
    end(claim, Why(codes.REFUSED, why=error.why), cause)


def _registered_for_less(claim: Claim, upstream: UpstreamFleet) -> bool:
    """True when the refusal may lie in our callback, which is registered with the published types at first.

    Then the action waits until that is known, or goes again. Else the cloud has decided.
    """
    try:
        if not registration.takes_more(upstream, claim.action.type.v3.type_name):
            return False
    except GatewayError as error:
        _put_back(claim, Why(codes.NO_CALLBACK, why=error.why), None)
    else:
        _put_back(claim, Why(codes.TYPE_ADDED), 0)
    return True


def _register_anew(upstream: UpstreamFleet) -> bool:
    """True when a 404 is explained by our callback having gone."""
    try:
        if not registration.is_gone(upstream):
            return False
        registration.check(upstream.pk)
    except GatewayError:
        return False
    return True
