"""Cancels a remote action while nothing has been sent."""

from django.db import transaction

from fleets.audit.entries import Actor, Origin
from fleets.models import AuditEntry, Vehicle
from protocol import statuses
from remotes import audit
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.models import UNSENT_STATES, RemoteAction

State = RemoteAction.State

_TOO_LATE = {
    State.SENDING: "It is being sent at this moment.",
    State.UNKNOWN: "It may have been sent: the manufacturer's cloud gave no answer, and is asked what became of it.",
    State.ACCEPTED: "The manufacturer's cloud has accepted it and can't take it back.",
}


class TooLate(Exception):
    """It can't be cancelled any more; the text says why and is fit for a person."""


def why_not(action: RemoteAction) -> str | None:
    """Why it can't be cancelled any more; None while it can."""
    if action.state in UNSENT_STATES:
        return None
    return _TOO_LATE.get(State(action.state), "It has ended already.")


def cancel(action: RemoteAction, actor: Actor, origin: AuditEntry.Origin = Origin.PAGE, reason: str = "") -> None:
    """End the action as cancelled; its callback is told. Raises TooLate once it may have been sent."""
    with transaction.atomic():
        # The lock under which dispatch chooses what to send.
        Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
        locked = RemoteAction.objects.select_for_update().get(pk=action.pk)
        problem = why_not(locked)
        if problem is not None:
            raise TooLate(problem)
        audit.operated(locked, "cancelled", actor=actor, origin=origin, reason=reason)
        detail = f"Cancelled by {actor.name}.{f' {reason}' if reason else ''}"
        end_by_us(locked, detail, statuses.GENERAL_ERROR, State.CANCELLED)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: announce([vehicle_id]))
