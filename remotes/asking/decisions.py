"""A person decides about an action whose outcome nobody knows: they have looked at the vehicle, or asked its driver."""

from django.contrib.auth.models import User
from django.db import transaction

from fleets.access import may
from fleets.audit.entries import Origin, person
from fleets.models import Vehicle
from fleets.rights import Right
from protocol import statuses
from remotes import audit
from remotes.checks.approvals import NotAllowed
from remotes.jobs import DISPATCH, wake
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.models import RemoteAction

State = RemoteAction.State

# How an action ends by what the person has found out.
_FOUND = {
    True: (statuses.SUCCESS, None, "was carried out"),
    False: (statuses.FAILED, statuses.GENERAL_ERROR, "was not carried out"),
}


def decide(action: RemoteAction, user: User, *, happened: bool, reason: str) -> None:
    """End an action of unknown outcome with what the person says. The truth from upstream still corrects it.

    Raises NotAllowed where it is not unknown any more, or the person may not.
    """
    status, cause, words = _FOUND[happened]
    with transaction.atomic():
        Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
        locked = RemoteAction.objects.select_for_update(of=["self"]).select_related("fleet").get(pk=action.pk)
        if locked.state != State.UNKNOWN:
            raise NotAllowed("Its outcome is known by now.")
        if not may(user, locked.fleet, Right.SEND):
            raise NotAllowed("Only managers of the fleet decide.")
        actor = person(user)
        audit.operated(locked, f"decided: it {words}", actor=actor, origin=Origin.PAGE, reason=reason)
        detail = f"{actor.name} says that it {words}{f': {reason}' if reason else '.'}"
        end_by_us(locked, detail, cause, status=status)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: announce([vehicle_id]))
        transaction.on_commit(lambda: wake(DISPATCH, [vehicle_id]))
