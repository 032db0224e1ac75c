"""Sends a vehicle's remote actions upstream, in order, one at a time.

Each step hands plain values to the next: read what decides, choose, judge, claim and commit, send, write down what came
of it. No transaction is open over HTTP, and a worker that lost its claim changes nothing. What nobody knows the outcome
of is never sent again blindly: reconcile.py finds it out.
"""

import time

from django.db import transaction

from fleets.storage import clock, seen
from protocol.why import Why
from remotes.checks.cases import lock_vehicle, open_cases
from remotes.live import announce
from remotes.sending import finishing, posting
from remotes.sending.choosing import choose
from remotes.sending.claiming import Claim, claim
from remotes.sending.expiry import has_expired
from remotes.sending.judging import may_go
from remotes.words import codes


def dispatch_vehicle(vehicle_id: int) -> None:
    """Send what is due for the vehicle, one after the other, until nothing is."""
    while (claimed := _claim_next(vehicle_id)) is not None:
        seen.remember(claimed.seen)
        announce([vehicle_id])
        more = _send(claimed)
        announce([vehicle_id])
        if not more:
            return


def _claim_next(vehicle_id: int) -> Claim | None:
    """Choose under the vehicle's lock, so that no two workers send for one vehicle at a time."""
    now, read_at = clock.now(), time.monotonic()
    with transaction.atomic():
        cases = [case for case in open_cases(lock_vehicle(vehicle_id)) if not has_expired(case.action, now)]
        while (case := choose(cases, now)) is not None:
            if may_go(case, cases, now):
                return claim(case, now, read_at)
            if case.action.is_open:
                return None
            cases.remove(case)
    return None


def _send(claimed: Claim) -> bool:
    """Send it and write down what came of it. False when nothing else of the vehicle waits to be sent."""
    if claimed.upstream is None:
        finishing.end(claimed, Why(codes.NOT_SET_UP))
        return True
    return finishing.note(claimed, posting.send(claimed, claimed.upstream))
