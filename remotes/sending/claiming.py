"""Takes the right to send one action for a while, and puts the request that will be sent on record with it."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from fleets.clients import client_for
from fleets.models import UpstreamFleet
from fleets.storage import seen
from fleets.storage.history import Mark
from fleets.storage.sql import run_prepared
from gateways.interface import GatewayError, NotAccepted, Prepared
from protocol.canonical import Remote
from protocol.why import Why
from remotes import audit
from remotes.checks.cases import Case
from remotes.models import RemoteAction
from remotes.registration import registration
from remotes.words import codes
from remotes.words.waiting import why_no_callback

# Seconds that the clocks of two workers may differ.
CLOCKS = 1.0

# Each sending runs this; building it from models takes longer than running it.
_CLAIM = """
UPDATE remotes_remoteaction SET
    state = 'sending', claim_id = %(claim)s, lease_until = %(lease_until)s, due_at = %(lease_until)s, sent_at = %(now)s,
    upstream_callback_id = %(callback)s, attempts = %(attempts)s, absent_since = NULL, why = NULL
WHERE id = %(id)s
RETURNING (pg_current_wal_insert_lsn() - '0/0')::bigint
"""


@dataclass(frozen=True)
class Claim:
    """The right to send one action until the deadline (seconds on the monotonic clock).

    `upstream` is None where the fleet is not set up at the gateway. `prepared` is None where something is to be done
    first; else it is on record already. `read_at`: when all was asked again. `seen` is to be remembered once the
    claim is committed, so that its loss is noticed.
    """

    action: RemoteAction
    upstream: UpstreamFleet | None
    prepared: Prepared | None
    claim_id: uuid.UUID
    read_at: float
    deadline: float
    seen: Mark | None = None


def claim(case: Case, now: datetime, read_at: float) -> Claim:
    action, upstream, claim_id = case.action, case.upstream, uuid.uuid4()
    # Without a callback nothing can be sent: a row that has none was surely not.
    is_ready = upstream is not None and registration.is_registered(upstream)
    action.upstream_callback_id = upstream.callback_id if upstream and is_ready else ""
    action.attempts += 1
    values = {
        "id": action.pk,
        "claim": claim_id,
        "now": now,
        "lease_until": now + timedelta(seconds=settings.DISPATCH_LEASE),
        "callback": action.upstream_callback_id,
        "attempts": action.attempts,
    }
    ((wal,),) = run_prepared(_CLAIM, values)
    prepared = None
    # Where there is no client for it, or its dialect has no place for it, sending it will say why.
    with suppress(GatewayError):
        prepared = _prepare(action, upstream) if upstream and is_ready else None
    # The request must be over before the lease is, whatever the time-outs.
    patience = settings.DISPATCH_LEASE - settings.GATEWAY_TIMEOUT - CLOCKS
    return Claim(action, upstream, prepared, claim_id, read_at, read_at + patience, seen.at(wal))


def _prepare(action: RemoteAction, upstream: UpstreamFleet) -> Prepared:
    """The request, on record before it is sent. Raises a GatewayError."""
    remote = Remote(action.type, action.payload, action.upstream_label, action.extra)
    place = (upstream.upstream_id, action.vehicle.upstream_id, action.upstream_callback_id)
    prepared = client_for(action.gateway).prepare(*place, remote)
    audit.about_to_send(action, prepared.exchange)
    return prepared


def prepare_late(claim: Claim, upstream: UpstreamFleet) -> Prepared:
    """Register our callback first. Raises a GatewayError."""
    try:
        callback_id = registration.registered(upstream)
    except GatewayError as error:
        # Only our callback was asked for: the action itself has surely not been sent.
        raise NotAccepted(why_no_callback(error)) from error
    action = claim.action
    mine = RemoteAction.objects.filter(pk=action.pk, claim_id=claim.claim_id)
    if not mine.update(upstream_callback_id=callback_id):
        raise NotAccepted(Why(codes.TOO_SLOW))
    action.upstream_callback_id = callback_id
    return _prepare(action, upstream)
