"""The kill switch: a manager stops every sending of a fleet, or an administrator of all fleets, at once.

What is on its way stays on its way. What waits is listed, its time to live goes on, and in the end it is either resumed
or cancelled.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import Fleet
from fleets.storage import clock
from protocol.why import Why
from remotes.asking.cancel import TooLate, cancel
from remotes.jobs import DISPATCH, wake
from remotes.models import UNSENT_STATES, RemoteAction, SendingStop
from remotes.models.rules import holding
from remotes.words import codes

State = RemoteAction.State

# Raw, since each sending asks twice.
_ACTIVE = f"""
SELECT stop.* FROM remotes_sendingstop stop WHERE {holding("%s")} ORDER BY fleet_id NULLS FIRST LIMIT 1
"""  # noqa: S608


def stop(fleet: Fleet | None, user: User, reason: str) -> SendingStop:
    """Stop every sending of the fleet, or of all with None. A stop that is there already is given back."""
    with transaction.atomic():
        found, is_new = SendingStop.objects.get_or_create(
            fleet=fleet, lifted_at=None, defaults={"reason": reason, "stopped_by": user}
        )
        if is_new:
            _record(found, "stopped every sending", user, reason)
    return found


def lift(stopped: SendingStop, user: User, *, cancel_waiting: bool) -> int:
    """Allow sending again; what waits is due at once, or cancelled. Gives how many actions that were."""
    pks = list(waiting(stopped.fleet_id).values_list("pk", flat=True))
    count = _cancel_all(pks, user) if cancel_waiting else len(pks)
    with transaction.atomic():
        lifted = SendingStop.objects.unlifted().filter(pk=stopped.pk)
        if lifted.update(lifted_at=clock.now(), lifted_by=user):
            _record(stopped, "allowed sending again", user, "cancelled what waited" if cancel_waiting else "")
        queued = RemoteAction.objects.filter(pk__in=pks, state=State.QUEUED)
        queued.update(due_at=clock.now(), why=None)
        vehicle_ids = set(queued.values_list("vehicle_id", flat=True))
        transaction.on_commit(lambda: wake(DISPATCH, vehicle_ids))
    return count


def active_stop(fleet_id: int) -> SendingStop | None:
    """The stop that holds for the fleet now, that of all fleets first."""
    return next(iter(SendingStop.objects.raw(_ACTIVE, [fleet_id])), None)


def waiting(fleet_id: int | None) -> QuerySet[RemoteAction]:
    """What has been asked for and not been sent, in the fleet or in all, oldest first."""
    rows = RemoteAction.objects.filter(state__in=UNSENT_STATES).order_by("pk")
    return rows if fleet_id is None else rows.filter(fleet_id=fleet_id)


def why_stopped(stopped: SendingStop) -> Why:
    """Why nothing is sent."""
    return Why(codes.STOPPED if stopped.fleet_id else codes.STOPPED_FOR_ALL, why=stopped.reason)


def _cancel_all(pks: list[int], user: User) -> int:
    cancelled = 0
    for pk in pks:
        try:
            cancel(RemoteAction.objects.get(pk=pk), person(user), reason=Why(codes.AT_STOP))
        except TooLate:
            continue
        cancelled += 1
    return cancelled


def _record(stopped: SendingStop, what: str, user: User, reason: str) -> None:
    subject = stopped.fleet.public_id if stopped.fleet else "all fleets"
    about = About(subject, stopped.fleet_id)
    record_operation(about, what, actor=person(user), origin=Origin.PAGE, reason=reason)
