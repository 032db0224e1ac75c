"""Finds out what became of an action that nobody told us the end of.

Unknown outcome: looked up upstream by its label. Two look-ups that find nothing, far enough apart, mean that it is
surely not there: then a harmless type is queued again, any other ends and a person decides. Accepted without a final
event: asked for by id, ever more seldom, for three days.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fleets.models import UpstreamFleet
from gateways.interface import GatewayError
from protocol import statuses
from protocol.why import Why
from remotes import audit
from remotes.gate import gate
from remotes.jobs import DISPATCH, wake
from remotes.life.adoption import adopt_orphans
from remotes.life.endings import end_by_us, record_report
from remotes.live import announce
from remotes.models import RemoteAction
from remotes.timeouts import BETWEEN_LOOK_UPS, GIVE_UP, ask_again, first_poll, next_poll, scaled
from remotes.words import codes

State = RemoteAction.State


def reconcile(action_id: int) -> None:
    """Do what is due for an action in the state sending (lease over), unknown or accepted."""
    action = _take(action_id)
    if action is None:
        return
    if action.state == State.ACCEPTED:
        _poll(action)
    else:
        _look_up(action)
    announce([action.vehicle_id])
    wake(DISPATCH, [action.vehicle_id])


def _take(action_id: int) -> RemoteAction | None:
    """Whoever moves the due time on has the action; a lease that is over turns sending into unknown."""
    now = timezone.now()
    lease = timedelta(seconds=settings.DISPATCH_LEASE)
    due = RemoteAction.objects.filter(pk=action_id, due_at__lte=now)
    taken = due.filter(state__in=[State.UNKNOWN, State.ACCEPTED]).update(due_at=now + lease)
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


def _upstream(action: RemoteAction) -> UpstreamFleet:
    return UpstreamFleet.objects.get(fleet_id=action.fleet_id, gateway_id=action.gateway_id)


def _look_up(action: RemoteAction) -> None:
    upstream = _upstream(action)
    try:
        report = gate.client(action.gateway, audit.observer(action, audit.LOOK_UP)).find_action(
            upstream.upstream_id, action.vehicle.upstream_id, action.upstream_callback_id, action.upstream_label
        )
    except GatewayError:
        if timezone.now() - (action.sent_at or action.created_at) > GIVE_UP:
            _end_unknown(action, codes.NEVER_KNOWN)
        else:
            _look_again(action, ask_again())
        return
    if report is None:
        _not_there(action)
        return
    with transaction.atomic():
        if _found(action, report.remote_action_id):
            adopt_orphans(action)
            record_report(action.pk, report)


def _found(action: RemoteAction, upstream_id: str) -> bool:
    now = timezone.now()
    found = RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN).update(
        state=State.ACCEPTED, upstream_id=upstream_id, accepted_at=F("sent_at"), due_at=now + first_poll(), why=None
    )
    if found:
        action.refresh_from_db()
    return bool(found)


def _not_there(action: RemoteAction) -> None:
    now = timezone.now()
    between = scaled(BETWEEN_LOOK_UPS)
    if action.absent_since is None:
        _look_again(action, between, absent_since=now)
    elif now - action.absent_since < between:
        _look_again(action, action.absent_since + between - now)
    elif action.type.resend and now < action.expires_at:
        RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN).update(
            state=State.QUEUED, due_at=now, not_before=None, absent_since=None
        )
    else:
        _end_unknown(action, codes.NO_TRACE)


def _look_again(action: RemoteAction, wait: timedelta, **values: object) -> None:
    RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN).update(due_at=timezone.now() + wait, **values)


def _end_unknown(action: RemoteAction, code: str) -> None:
    with transaction.atomic():
        locked = RemoteAction.objects.select_for_update().filter(pk=action.pk, state=action.state).first()
        if locked is not None:
            end_by_us(locked, Why(code), statuses.GENERAL_ERROR)


def _poll(action: RemoteAction) -> None:
    now = timezone.now()
    upstream = _upstream(action)
    polls = action.polls + 1
    wait = next_poll(polls)
    try:
        report = gate.client(action.gateway, audit.observer(action, audit.POLL)).read_action(
            upstream.upstream_id, action.vehicle.upstream_id, action.upstream_callback_id, action.upstream_id or ""
        )
    except GatewayError:
        report, polls, wait = None, action.polls, ask_again()
    if report is not None and record_report(action.pk, report):
        return
    if now - (action.accepted_at or action.created_at) > GIVE_UP:
        _end_unknown(action, codes.NEVER_TOLD)
        return
    RemoteAction.objects.filter(pk=action.pk, state=State.ACCEPTED).update(due_at=now + wait, polls=polls)
