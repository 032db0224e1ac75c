"""Asks everything again before an action is sent: approval, the checks, the kill switch, and room at the gateway."""

from datetime import datetime

from django.db import transaction

from remotes import audit
from remotes.asking import kill_switch
from remotes.checks import checks
from remotes.checks.approvals import needs_approval, wait_for_approval
from remotes.checks.cases import Case
from remotes.checks.checks import IN_PROGRESS, Checked
from remotes.gate import gate
from remotes.gate.gate import Hold
from remotes.gate.line import AGAIN
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.sending.expiry import expires_before
from remotes.sending.last_look import why_clock


def may_go(case: Case, cases: list[Case], now: datetime) -> bool:
    """Ask everything again. False: it was ended, or it waits; its row says why."""
    action = case.action
    if needs_approval(case.rules, action):
        wait_for_approval(case.rules, action, now)
        return False
    in_progress = [other.action for other in cases if other.action.state in IN_PROGRESS]
    found, refusal = checks.run(Checked(action, case.rules, in_progress, now, case.asker))
    if refusal is not None:
        audit.checked(action, found, refusal.why)
        end_by_us(action, refusal.why, refusal.cause)
        return False
    hold = _hold(case, now)
    if hold is not None and hold.surely_until and expires_before(action, hold.surely_until, hold.why):
        return False
    if hold is not None:
        action.set(due_at=min(hold.until, action.expires_at), why=hold.why)
        transaction.on_commit(lambda: announce([action.vehicle_id]))
        return False
    audit.checked(action, found)
    return True


def _hold(case: Case, now: datetime) -> Hold | None:
    """Why nothing is sent now though the action is fit to be: stopped by a person, or the gateway takes no more."""
    action = case.action
    off = why_clock()
    if off is not None:
        return Hold(now + AGAIN, off)
    if case.stop is not None:
        return Hold(action.expires_at, kill_switch.why_stopped(case.stop))
    return gate.hold(action.gateway, action.fleet_id, action.type.urgent, now)
