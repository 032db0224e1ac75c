"""Cancels a remote action while nothing has been sent."""

from django.db import transaction

from fleets.audit.entries import Actor, Origin
from fleets.models import AuditEntry, Vehicle
from protocol import statuses
from protocol.why import SaysWhy, Why
from remotes import audit
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.words import codes

State = RemoteAction.State

_TOO_LATE = {
    State.SENDING: codes.BEING_SENT,
    State.UNKNOWN: codes.MAYBE_SENT,
    State.ACCEPTED: codes.TAKEN,
}


class TooLate(SaysWhy):
    """It can't be cancelled any more."""


def why_not(action: RemoteAction) -> Why | None:
    """Why it can't be cancelled any more; None while it can."""
    if action.state in UNSENT_STATES:
        return None
    return Why(_TOO_LATE.get(State(action.state), codes.ENDED))


def cancel(
    action: RemoteAction,
    actor: Actor,
    origin: AuditEntry.Origin = Origin.PAGE,
    reason: str | Why = "",
) -> None:
    """End the action as cancelled; its callback is told. Raises TooLate once it may have been sent.

    `reason`: the person's own, or what it was cancelled with.
    """
    with transaction.atomic():
        # The lock under which dispatch chooses what to send.
        Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
        locked = RemoteAction.objects.select_for_update().get(pk=action.pk)
        problem = why_not(locked)
        if problem is not None:
            raise TooLate(problem)
        audit.operated(locked, "cancelled", actor=actor, origin=origin, reason=str(reason))
        end_by_us(locked, _why(actor, reason), statuses.GENERAL_ERROR, State.CANCELLED)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: announce([vehicle_id]))


def _why(actor: Actor, reason: str | Why) -> Why:
    return Why(codes.CANCELLED_BECAUSE, who=actor.name, why=reason) if reason else Why(codes.CANCELLED, who=actor.name)
