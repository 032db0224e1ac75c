"""The last look before a request goes out: everything that may have changed since all was asked, in one place."""

import time

from fleets import budgets
from fleets.storage import clock
from gateways.interface import NotAccepted
from protocol.why import Why
from remotes.asking import kill_switch
from remotes.gate import gate
from remotes.sending.claiming import Claim
from remotes.words import codes

# Seconds for which what was asked again before sending is not asked once more.
FRESH = 0.1


def why_not(claim: Claim) -> NotAccepted | None:
    """None: go, now. Else what speaks against it: no room, a stop, the claim's or the action's time."""
    action = claim.action
    if not budgets.in_hand(action.gateway_id):
        # Its slot went to a request that was needed first. A new one is waited for, so the rest is asked afterwards.
        refusal = gate.leave(action.gateway)
        if refusal is not None:
            return refusal
    is_old = time.monotonic() - claim.read_at > FRESH
    stopped = kill_switch.active_stop(action.fleet_id) if is_old else None
    if stopped is not None:
        return NotAccepted(kill_switch.why_stopped(stopped))
    clock.look_if_set()
    off = why_clock()
    if off is not None:
        return NotAccepted(off)
    # The lease outlasts the deadline by the longest request: until then no other worker has the claim.
    if time.monotonic() > claim.deadline or clock.now() >= action.expires_at:
        return NotAccepted(Why(codes.TOO_SLOW))
    return None


def why_clock() -> Why | None:
    """Why this host sends nothing: its clock is wrong, so it knows too little of the time. Others may."""
    off_by = clock.off_by()
    return None if off_by is None else Why(codes.CLOCK_OFF, seconds=round(abs(off_by.total_seconds())))
