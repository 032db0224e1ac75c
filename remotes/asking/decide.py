"""A person decides about an action whose outcome nobody knows: they have looked at the vehicle, or asked its driver."""

from django.contrib.auth.models import User
from django.db import transaction

from fleets.access import may_send
from fleets.audit.entries import Origin, person
from fleets.models import Vehicle
from protocol import statuses
from protocol.why import Why
from remotes import audit
from remotes.checks.approvals import NotAllowed
from remotes.jobs import DISPATCH, wake
from remotes.life.endings import end_by_us
from remotes.life.late_truth import look_on
from remotes.live import announce
from remotes.models import RemoteAction
from remotes.words import codes

State = RemoteAction.State

# How an action ends by what the person has found out.
_FOUND = {
    True: (statuses.SUCCESS, None, "was carried out", codes.SAID_DONE, codes.SAID_DONE_BECAUSE),
    False: (statuses.FAILED, statuses.GENERAL_ERROR, "was not carried out", codes.SAID_NOT, codes.SAID_NOT_BECAUSE),
}


def decide(action: RemoteAction, user: User, *, happened: bool, reason: str) -> None:
    """End an action of unknown outcome with what the person says. The truth from upstream still corrects it.

    Raises NotAllowed where it is not unknown any more, or the person may not.
    """
    status, cause, words, plain, because = _FOUND[happened]
    with transaction.atomic():
        vehicle = Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
        locked = RemoteAction.objects.select_for_update(of=["self"]).select_related("fleet").get(pk=action.pk)
        if locked.state != State.UNKNOWN:
            raise NotAllowed(Why(codes.IS_KNOWN))
        if not may_send(user, vehicle, locked.remote_type):
            raise NotAllowed(Why(codes.ONLY_MANAGERS_DECIDE))
        actor = person(user)
        audit.operated(locked, f"decided: it {words}", actor=actor, origin=Origin.PAGE, reason=reason)
        why = Why(because, who=actor.name, why=reason) if reason else Why(plain, who=actor.name)
        end_by_us(locked, why, cause, status=status)
        look_on(locked)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: announce([vehicle_id]))
        transaction.on_commit(lambda: wake(DISPATCH, [vehicle_id]))
