"""Finds out what became of an action that nobody told us the end of.

Unknown outcome: looked up upstream by its label (looking_up.py), also for a while after it has ended without that.
Accepted without a final event: asked for by id, ever more seldom, for three days; at once where the cloud can't
reach us (fleets/reach.py), since nobody tells anything then.
"""

from datetime import timedelta

from django.conf import settings

from fleets.storage import clock
from gateways.interface import GatewayError, NotAccepted
from protocol.why import Why
from remotes import audit
from remotes.gate import gate
from remotes.jobs import DISPATCH, wake
from remotes.life.asked_again import AskedAgain
from remotes.life.endings import record_report
from remotes.life.unseen import is_unseen
from remotes.live import announce
from remotes.models import RemoteAction
from remotes.sending.looking_up import end_unknown, look_up, look_up_ended, upstream_of
from remotes.timeouts import GIVE_UP, ask_again, next_poll
from remotes.words import codes

State = RemoteAction.State


def reconcile(action_id: int) -> None:
    """Do what is due for an action in the state sending (lease over), unknown, accepted, or ended without its id."""
    action = _take(action_id)
    if action is None:
        return
    if action.state == State.ACCEPTED:
        _poll(action)
    elif action.state == State.DONE:
        look_up_ended(action)
    elif action.upstream_callback_id:
        look_up(action)
    elif is_unseen(action):
        # The callback that it may have been sent with is lost too, so nobody can look.
        end_unknown(action, codes.UNSEEN_NOT_LISTED)
    else:
        _put_back(action)
    announce([action.vehicle_id])
    wake(DISPATCH, [action.vehicle_id])


def _take(action_id: int) -> RemoteAction | None:
    """Whoever moves the due time on has the action; a lease that is over turns sending into unknown."""
    now = clock.now()
    lease = timedelta(seconds=settings.DISPATCH_LEASE)
    due = RemoteAction.objects.filter(pk=action_id, due_at__lte=now)
    taken = due.filter(state__in=[State.UNKNOWN, State.ACCEPTED, State.DONE]).update(due_at=now + lease)
    taken += due.filter(state=State.SENDING, lease_until__lte=now).update(
        state=State.UNKNOWN,
        claim_id=None,
        lease_until=None,
        due_at=now + lease,
        why=Why(codes.WORKER_STOPPED),
    )
    if not taken:
        return None
    return RemoteAction.objects.select_related("gateway", "vehicle").get(pk=action_id)


def _put_back(action: RemoteAction) -> None:
    """Queue an action whose worker stopped before it had a callback to send it with: it was surely not sent."""
    unknown = RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN, upstream_callback_id="")
    unknown.update(state=State.QUEUED, due_at=clock.now(), not_before=None)


def _poll(action: RemoteAction) -> None:
    now = clock.now()
    upstream = upstream_of(action)
    polls = action.polls + 1
    age = now - (action.accepted_at or action.created_at)
    wait = next_poll(action.gateway, polls, age)
    asked = AskedAgain(action, audit.POLL)
    try:
        report = gate.client(action.gateway, asked.observe).read_action(
            upstream.upstream_id, action.vehicle.upstream_id, action.upstream_callback_id, action.upstream_id or ""
        )
    except NotAccepted:
        # Nobody was asked, so it does not count.
        report, polls, wait = None, action.polls, ask_again()
    except GatewayError:
        report = None
    asked.keep((report.status or "") if report is not None else "")
    if report is not None and record_report(action.pk, report):
        return
    if age > GIVE_UP:
        end_unknown(action, codes.NEVER_TOLD)
        return
    RemoteAction.objects.filter(pk=action.pk, state=State.ACCEPTED).update(due_at=now + wait, polls=polls)
