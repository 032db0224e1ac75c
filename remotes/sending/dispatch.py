"""Sends a vehicle's remote actions upstream, in order, one at a time.

Claim the row and commit, do the HTTP, finish by the claim: no transaction is open over HTTP, and a worker that lost
its claim changes nothing. What nobody knows the outcome of is never sent again blindly: reconcile.py finds it out.
"""

import random
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fleets.clients import client_for
from fleets.models import UpstreamFleet
from fleets.storage.sql import run_prepared
from gateways.interface import Exchange, GatewayError, NotAccepted, Observer, OutcomeUnknown, Prepared, Refused
from protocol import statuses
from protocol.v3 import Remote
from remotes import audit
from remotes.asking import kill_switch
from remotes.checks import checks, wake_ledger
from remotes.checks.approvals import APPROVAL, needs_approval
from remotes.checks.cases import Case, lock_vehicle, open_cases
from remotes.checks.checks import IN_PROGRESS, Checked
from remotes.gate import gate
from remotes.gate.gate import Hold
from remotes.life.adoption import adopt_orphans
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.sending import registration
from remotes.sending.order import PATIENCE, Waiting, next_turn
from remotes.timeouts import FIRST_LOOK_UP, backoff, first_poll, scaled

State = RemoteAction.State

# Seconds for which what was asked again before sending is not asked once more.
FRESH = 0.1

# Each sending runs these; building them from models takes longer than running them.
_CLAIM = """
UPDATE remotes_remoteaction SET
    state = 'sending', claim_id = %(claim)s, lease_until = %(lease_until)s, due_at = %(lease_until)s, sent_at = %(now)s,
    upstream_callback_id = %(callback)s, attempts = %(attempts)s, absent_since = NULL, detail = ''
WHERE id = %(id)s
"""
_ACCEPT = """
UPDATE remotes_remoteaction SET
    state = 'accepted', upstream_id = %(upstream_id)s, accepted_at = %(now)s, due_at = %(due_at)s, detail = '',
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


@dataclass(frozen=True)
class Claim:
    """The right to send one action until the deadline (seconds on the monotonic clock).

    `upstream` is None where the fleet is not set up at the gateway. `prepared` is None where something is to be done
    first; else it is on record already. `read_at`: when all was asked again.
    """

    action: RemoteAction
    upstream: UpstreamFleet | None
    prepared: Prepared | None
    claim_id: uuid.UUID
    read_at: float
    deadline: float


def dispatch_vehicle(vehicle_id: int) -> None:
    """Send what is due for the vehicle, one after the other, until nothing is."""
    while (claim := _claim_next(vehicle_id)) is not None:
        announce([vehicle_id])
        more = _send(claim)
        announce([vehicle_id])
        if not more:
            return


def with_queued_actions(vehicle_ids: Iterable[int]) -> set[int]:
    """Those of the vehicles that have something to send."""
    queued = RemoteAction.objects.filter(vehicle_id__in=list(vehicle_ids), state=State.QUEUED).order_by()
    return set(queued.values_list("vehicle_id", flat=True).distinct())


def _claim_next(vehicle_id: int) -> Claim | None:
    """Choose under the vehicle's lock, so that no two workers send for one vehicle at a time."""
    now, read_at = timezone.now(), time.monotonic()
    with transaction.atomic():
        cases = [case for case in open_cases(lock_vehicle(vehicle_id)) if not _expired(case.action, now)]
        while (case := _next(cases, now)) is not None:
            if _may_go(case, cases, now):
                return _claim(case, now, read_at)
            if case.action.is_open:
                return None
            cases.remove(case)
    return None


def _next(cases: list[Case], now: datetime) -> Case | None:
    """Whose turn it is; those that wait for the vehicle's waking let the others pass."""
    waiting = [case for case in cases if not wake_ledger.waits_for_waking(case.action, now)]
    turn = next_turn([_waiting(case.action) for case in waiting], now, scaled(PATIENCE))
    _note_next_look([case.action for case in cases if case.action.pk != turn.action_id], turn.again_at, now)
    return next((case for case in waiting if case.action.pk == turn.action_id), None)


def _may_go(case: Case, cases: list[Case], now: datetime) -> bool:
    """Ask everything again. False: it was ended, or it waits; its row says why."""
    action = case.action
    if needs_approval(case.rules, action):
        action.set(state=State.WAITING_APPROVAL, due_at=action.expires_at, detail=APPROVAL)
        return False
    in_progress = [other.action for other in cases if other.action.state in IN_PROGRESS]
    found, refusal = checks.run(Checked(action, case.rules, in_progress, now, case.asker))
    if refusal is not None:
        audit.checked(action, found, refusal.words)
        end_by_us(action, refusal.words, refusal.cause)
        return False
    hold = _hold(case, now)
    if hold is not None:
        action.set(due_at=min(hold.until, action.expires_at), detail=hold.reason)
        transaction.on_commit(lambda: announce([action.vehicle_id]))
        return False
    audit.checked(action, found)
    return True


def _hold(case: Case, now: datetime) -> Hold | None:
    """Why nothing is sent now though the action is fit to be: stopped by a person, or the gateway takes no more."""
    action = case.action
    if case.stop is not None:
        return Hold(action.expires_at, kill_switch.words(case.stop))
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


def _claim(case: Case, now: datetime, read_at: float) -> Claim:
    action, upstream, claim_id = case.action, case.upstream, uuid.uuid4()
    action.upstream_callback_id = upstream.callback_id if upstream else ""
    action.attempts += 1
    values = {
        "id": action.pk,
        "claim": claim_id,
        "now": now,
        "lease_until": now + timedelta(seconds=settings.DISPATCH_LEASE),
        "callback": action.upstream_callback_id,
        "attempts": action.attempts,
    }
    run_prepared(_CLAIM, values)
    prepared = _prepare(action, upstream) if upstream and registration.is_registered(upstream) else None
    # The request must be over before the lease is, whatever the time-outs.
    patience = settings.DISPATCH_LEASE - settings.GATEWAY_CONNECT_TIMEOUT - settings.GATEWAY_READ_TIMEOUT
    return Claim(action, upstream, prepared, claim_id, read_at, read_at + patience)


def _send(claim: Claim) -> bool:
    """Send it and write down what came of it. False when nothing else of the vehicle waits to be sent."""
    if claim.upstream is None:
        _end(claim, "Not sent: this fleet is not set up at the vehicle's gateway.")
        return True
    try:
        upstream_id = _post(claim, claim.upstream)
    except NotAccepted as error:
        _put_back(claim, str(error), error.retry_after)
    except Refused as error:
        _refused(claim, error)
    except OutcomeUnknown as error:
        finish(claim, state=State.UNKNOWN, detail=str(error), due_at=timezone.now() + FIRST_LOOK_UP)
    else:
        return _accepted(claim, upstream_id)
    return bool(with_queued_actions([claim.action.vehicle_id]))


def _prepare(action: RemoteAction, upstream: UpstreamFleet) -> Prepared | None:
    """The request, on record before it is sent. None where the gateway has no client; sending it will say why."""
    remote = Remote(action.type, action.payload, action.upstream_label, action.extra)
    place = (upstream.upstream_id, action.vehicle.upstream_id, action.upstream_callback_id)
    try:
        prepared = client_for(action.gateway).prepare(*place, remote)
    except GatewayError:
        return None
    audit.about_to_send(action, prepared.exchange)
    return prepared


def _post(claim: Claim, upstream: UpstreamFleet) -> str:
    client = client_for(claim.action.gateway, _observer(claim))
    return client.send(claim.prepared or _prepare_late(claim, upstream))


def _prepare_late(claim: Claim, upstream: UpstreamFleet) -> Prepared:
    """Register our callback first. Raises a GatewayError."""
    try:
        callback_id = registration.registered(upstream)
    except GatewayError as error:
        # Only our callback was asked for: the action itself has surely not been sent.
        raise NotAccepted(f"No callback at the manufacturer's cloud: {error}") from error
    action = claim.action
    mine = RemoteAction.objects.filter(pk=action.pk, claim_id=claim.claim_id)
    if not mine.update(upstream_callback_id=callback_id):
        raise NotAccepted("The worker was too slow.")
    action.upstream_callback_id = callback_id
    prepared = _prepare(action, upstream)
    if prepared is None:
        raise NotAccepted("The address of the manufacturer's cloud can't be used.")
    return prepared


def _observer(claim: Claim) -> Observer:
    """Looks at the clock and the kill switch for the last time, and keeps what comes back."""
    action = claim.action
    record = audit.observer(action)

    def observe(exchange: Exchange) -> None:
        problem = _last_problem(claim) if exchange.duration is None else None
        if problem is not None:
            record(replace(exchange, duration=0.0, error=f"It was not sent. {problem}"))
            raise NotAccepted(problem)
        if exchange.duration is not None:
            record(exchange)
        gate.observe(action.gateway, exchange)

    return observe


def _last_problem(claim: Claim) -> str | None:
    """What speaks against sending at the very moment of it."""
    is_old = time.monotonic() - claim.read_at > FRESH
    stopped = kill_switch.active_stop(claim.action.fleet_id) if is_old else None
    if stopped is not None:
        return kill_switch.words(stopped)
    if time.monotonic() > claim.deadline or timezone.now() >= claim.action.expires_at:
        return "The worker was too slow."
    return None


def finish(claim: Claim, **values: object) -> bool:
    """Write the outcome, if the claim still holds."""
    return bool(
        RemoteAction.objects.filter(pk=claim.action.pk, claim_id=claim.claim_id).update(
            claim_id=None, lease_until=None, **values
        )
    )


def accept(claim: Claim, upstream_id: str) -> bool:
    """Write down that it was accepted, if the claim still holds and no notification has overtaken the acceptance."""
    now = timezone.now()
    values = {
        "id": claim.action.pk,
        "claim": claim.claim_id,
        "gateway": claim.action.gateway_id,
        "upstream_id": upstream_id,
        "now": now,
        "due_at": now + first_poll(),
    }
    return bool(run_prepared(_ACCEPT, values))


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
    now = timezone.now()
    with transaction.atomic():
        if finish(
            claim, state=State.ACCEPTED, upstream_id=upstream_id, accepted_at=now, due_at=now + first_poll(), detail=""
        ):
            claim.action.upstream_id = upstream_id
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
