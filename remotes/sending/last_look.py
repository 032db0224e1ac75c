"""The last look before a request goes out: everything that may have changed since all was asked, in one place."""

import time

from django.utils import timezone

from fleets import budgets
from remotes.asking import kill_switch
from remotes.gate import gate
from remotes.sending.claiming import Claim

# Seconds for which what was asked again before sending is not asked once more.
FRESH = 0.1


def why_not(claim: Claim) -> str | None:
    """None: go, now. Else what speaks against it, in words: a stop, the claim's or the action's time, no room."""
    action = claim.action
    is_old = time.monotonic() - claim.read_at > FRESH
    stopped = kill_switch.active_stop(action.fleet_id) if is_old else None
    if stopped is not None:
        return kill_switch.words(stopped)
    # The lease outlasts the deadline by the longest request: until then no other worker has the claim.
    if time.monotonic() > claim.deadline or timezone.now() >= action.expires_at:
        return "The worker was too slow."
    if not budgets.in_hand(action.gateway_id):
        # Its slot went to a request that was needed first.
        refusal = gate.leave(action.gateway)
        return str(refusal) if refusal is not None else None
    return None
