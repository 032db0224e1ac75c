"""Sends a vehicle's remote actions upstream, in order, one at a time.

Claim the row and commit, do the HTTP, finish by the claim: no transaction is open over HTTP, and a worker that lost
its claim changes nothing. What nobody knows the outcome of is never sent again blindly: see remotes/reconcile.py.
"""

import random
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fleets.clients import client_for
from fleets.models import UpstreamFleet, Vehicle
from gateways.interface import Exchange, GatewayError, NotAccepted, Observer, OutcomeUnknown, Refused
from protocol import statuses
from protocol.v3 import Remote
from remotes import audit, checks, gate, registration, stops, wake_ups
from remotes.approvals import APPROVAL, needs_approval
from remotes.checks import IN_PROGRESS, Asked
from remotes.endings import adopt_orphans, end_by_us
from remotes.gate import Hold
from remotes.live import announce
from remotes.models import OPEN_STATES, UNSENT_STATES, RemoteAction
from remotes.order import PATIENCE, Waiting, next_turn
from remotes.requests import rules_of
from remotes.waits import FIRST_LOOK_UP, backoff, first_poll, scaled

State = RemoteAction.State

# Raw, since each sending reads them and building a statement takes longer than running it.
_LOCKED_VEHICLE = "SELECT * FROM fleets_vehicle WHERE id = %s FOR NO KEY UPDATE"
_OPEN_ACTIONS = "SELECT * FROM remotes_remoteaction WHERE vehicle_id = %s AND state = ANY(%s) ORDER BY id"
_UPSTREAM = "SELECT * FROM fleets_upstreamfleet WHERE fleet_id = %s AND gateway_id = %s"


@dataclass(frozen=True)
class Claim:
    """The right to send one action until the deadline (seconds on the monotonic clock).

    `upstream` is None where the fleet is not set up at the gateway.
    """

    action: RemoteAction
    upstream: UpstreamFleet | None
    claim_id: uuid.UUID
    deadline: float


def dispatch_vehicle(vehicle_id: int) -> None:
    """Send what is due for the vehicle, one after the other, until nothing is."""
    while (claim := _claim_next(vehicle_id)) is not None:
        announce([vehicle_id])
        _send(claim)
        announce([vehicle_id])
        if not with_queued_actions([vehicle_id]):
            return


def with_queued_actions(vehicle_ids: Iterable[int]) -> set[int]:
    """Those of the vehicles that have something to send."""
    queued = RemoteAction.objects.filter(vehicle_id__in=list(vehicle_ids), state=State.QUEUED).order_by()
    return set(queued.values_list("vehicle_id", flat=True).distinct())


def _claim_next(vehicle_id: int) -> Claim | None:
    """Choose under the vehicle's lock, so that no two workers send for one vehicle at a time."""
    now = timezone.now()
    with transaction.atomic():
        vehicle = Vehicle.objects.raw(_LOCKED_VEHICLE, [vehicle_id])[0]
        actions = [action for action in _open_actions(vehicle) if not _expired(action, now)]
        while (action := _next(actions, now)) is not None:
            if _may_go(action, actions, now):
                return _claim(action, now)
            if action.is_open:
                return None
            actions.remove(action)
    return None


def _open_actions(vehicle: Vehicle) -> list[RemoteAction]:
    actions = list(RemoteAction.objects.raw(_OPEN_ACTIONS, [vehicle.pk, list(OPEN_STATES)]))
    for action in actions:
        action.vehicle = vehicle
        if action.gateway_id == vehicle.gateway_id:
            action.gateway = vehicle.gateway
    return actions


def _next(actions: list[RemoteAction], now: datetime) -> RemoteAction | None:
    """Whose turn it is; those that wait for the vehicle's waking let the others pass."""
    waiting = [action for action in actions if not wake_ups.waits_for_waking(action, now)]
    turn = next_turn([_waiting(action) for action in waiting], now, scaled(PATIENCE))
    _note_next_look([action for action in actions if action.pk != turn.action_id], turn.again_at, now)
    return next((action for action in waiting if action.pk == turn.action_id), None)


def _may_go(action: RemoteAction, actions: list[RemoteAction], now: datetime) -> bool:
    """Ask everything again. False: it was ended, or it waits; its row says why."""
    rules = rules_of(action.fleet_id)
    if needs_approval(rules, action):
        action.set(state=State.WAITING_APPROVAL, due_at=action.expires_at, detail=APPROVAL)
        return False
    in_progress = [other for other in actions if other.state in IN_PROGRESS]
    found, refusal = checks.run(Asked(action, rules, in_progress, now))
    if refusal is not None:
        audit.checked(action, found, refusal.words)
        end_by_us(action, refusal.words, refusal.cause)
        return False
    hold = _hold(action, now)
    if hold is not None:
        action.set(due_at=min(hold.until, action.expires_at), detail=hold.reason)
        transaction.on_commit(lambda: announce([action.vehicle_id]))
        return False
    audit.checked(action, found)
    return True


def _hold(action: RemoteAction, now: datetime) -> Hold | None:
    """Why nothing is sent now though the action is fit to be: stopped by a person, or the gateway takes no more."""
    stopped = stops.active_stop(action.fleet_id)
    if stopped is not None:
        return Hold(action.expires_at, stops.words(stopped))
    return gate.hold(action.gateway, action.fleet_id, action.type.urgent, now)


def _expired(action: RemoteAction, now: datetime) -> bool:
    """End a queued action whose time to live is over."""
    if action.state not in UNSENT_STATES or action.expires_at > now:
        return False
    reason = f" {action.detail}" if action.detail else ""
    end_by_us(action, f"Not sent: its {_life_of(action)} had passed.{reason}", state=State.EXPIRED)
    return True


def _life_of(action: RemoteAction) -> str:
    seconds = round((action.expires_at - action.created_at).total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


def _waiting(action: RemoteAction) -> Waiting:
    return Waiting(
        id=action.pk,
        remote_type=action.remote_type,
        urgent=action.type.urgent,
        state=action.state,
        accepted_at=action.accepted_at,
        not_before=action.not_before,
    )


def _note_next_look(actions: list[RemoteAction], again_at: datetime | None, now: datetime) -> None:
    """Waiting actions need no sweep before their turn can come: at `again_at`, when they expire, or by an event."""
    for action in actions:
        if action.state == State.QUEUED:
            soonest = min(filter(None, (again_at, action.expires_at, now + scaled(PATIENCE))))
            if action.due_at != soonest:
                action.set(due_at=soonest)


def _claim(action: RemoteAction, now: datetime) -> Claim:
    claim_id = uuid.uuid4()
    lease_until = now + timedelta(seconds=settings.DISPATCH_LEASE)
    upstream = next(iter(UpstreamFleet.objects.raw(_UPSTREAM, [action.fleet_id, action.gateway_id])), None)
    if upstream is not None:
        upstream.gateway = action.gateway
    action.set(
        state=State.SENDING,
        claim_id=claim_id,
        lease_until=lease_until,
        due_at=lease_until,
        sent_at=now,
        upstream_callback_id=upstream.callback_id if upstream else "",
        attempts=action.attempts + 1,
        absent_since=None,
        detail="",
    )
    # The request must be over before the lease is, whatever the time-outs.
    patience = settings.DISPATCH_LEASE - settings.GATEWAY_CONNECT_TIMEOUT - settings.GATEWAY_READ_TIMEOUT
    return Claim(action, upstream, claim_id, time.monotonic() + patience)


def _send(claim: Claim) -> None:
    if claim.upstream is None:
        _end(claim, "Not sent: this fleet is not set up at the vehicle's gateway.")
        return
    try:
        upstream_id = _post(claim, claim.upstream)
    except NotAccepted as error:
        _put_back(claim, str(error), error.retry_after)
    except Refused as error:
        _refused(claim, error)
    except OutcomeUnknown as error:
        finish(claim, state=State.UNKNOWN, detail=str(error), due_at=timezone.now() + FIRST_LOOK_UP)
    else:
        accepted(claim, upstream_id)


def _post(claim: Claim, upstream: UpstreamFleet) -> str:
    try:
        callback_id = registration.registered(upstream)
    except GatewayError as error:
        # Only our callback was asked for: the action itself has surely not been sent.
        raise NotAccepted(f"No callback at the manufacturer's cloud: {error}") from error
    action = claim.action
    if callback_id != action.upstream_callback_id:
        mine = RemoteAction.objects.filter(pk=action.pk, claim_id=claim.claim_id)
        if not mine.update(upstream_callback_id=callback_id):
            raise NotAccepted("The worker was too slow.")
    remote = Remote(action.type, action.payload, action.upstream_label, action.extra)
    client = client_for(action.gateway, _observer(claim))
    return client.send(upstream.upstream_id, action.vehicle.upstream_id, callback_id, remote)


def _observer(claim: Claim) -> Observer:
    """Keeps what is sent and what comes back, and looks at the clock and the kill switch for the last time."""
    action = claim.action
    record = audit.observer(action)

    def observe(exchange: Exchange) -> None:
        if exchange.duration is None:
            _check_last(claim)
        record(exchange)
        gate.observe(action.gateway, exchange)

    return observe


def _check_last(claim: Claim) -> None:
    """What must hold at the moment of sending. Raises NotAccepted."""
    stopped = stops.active_stop(claim.action.fleet_id)
    if stopped is not None:
        raise NotAccepted(stops.words(stopped))
    if time.monotonic() > claim.deadline or timezone.now() >= claim.action.expires_at:
        raise NotAccepted("The worker was too slow.")


def finish(claim: Claim, **values: object) -> bool:
    """Write the outcome, if the claim still holds."""
    return bool(
        RemoteAction.objects.filter(pk=claim.action.pk, claim_id=claim.claim_id).update(
            claim_id=None, lease_until=None, **values
        )
    )


def accepted(claim: Claim, upstream_id: str) -> None:
    """Note the acceptance, and with it the notifications that have overtaken it, so that they are told first."""
    now = timezone.now()
    with transaction.atomic():
        if not finish(
            claim, state=State.ACCEPTED, upstream_id=upstream_id, accepted_at=now, due_at=now + first_poll(), detail=""
        ):
            return
        claim.action.upstream_id = upstream_id
        adopt_orphans(claim.action)
    # One that was being stored at that moment has not seen the new id.
    adopt_orphans(claim.action)


def _put_back(claim: Claim, detail: str, retry_after: float | None) -> None:
    wait = backoff(claim.action.attempts) if retry_after is None else timedelta(seconds=retry_after)
    not_before = timezone.now() + wait * random.uniform(1, 1.2)
    finish(claim, state=State.QUEUED, detail=detail, not_before=not_before, due_at=not_before)


def _refused(claim: Claim, error: Refused) -> None:
    upstream = UpstreamFleet.objects.select_related("gateway").get(
        fleet_id=claim.action.fleet_id, gateway_id=claim.action.gateway_id
    )
    if gate.refuses_us(claim.action.gateway, error.status):
        # It is not this action that is refused; it waits until our credentials are right again.
        _put_back(claim, f"The manufacturer's cloud refuses our credentials: {error}", None)
        return
    if error.status == 404 and _register_anew(upstream):
        _put_back(claim, "Our callback at the manufacturer's cloud was gone and is registered again.", 0)
        return
    cause = statuses.MISSING_RIGHTS if error.status in (401, 403) else statuses.GENERAL_ERROR
    _end(claim, f"The manufacturer's cloud refused it: {error}", cause)


def _register_anew(upstream: UpstreamFleet) -> bool:
    """True when a 404 is explained by our callback having gone."""
    try:
        if not registration.is_gone(upstream):
            return False
        registration.check(upstream.pk)
    except GatewayError:
        return False
    return True


def _end(claim: Claim, detail: str, cause: str = statuses.GENERAL_ERROR) -> None:
    with transaction.atomic():
        action = RemoteAction.objects.select_for_update().filter(pk=claim.action.pk, claim_id=claim.claim_id).first()
        if action is not None:
            end_by_us(action, detail, cause)
