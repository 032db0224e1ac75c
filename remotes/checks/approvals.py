"""A second pair of eyes: what a fleet wants two people for waits until another person has approved it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from fleets import approvers
from fleets.access import may_send
from fleets.audit.entries import Origin, person
from fleets.models import Vehicle
from fleets.programs import trust
from fleets.storage import clock
from protocol import statuses
from protocol.why import SaysWhy, Why
from remotes import audit
from remotes.asking.told import tell_decided, tell_wanted
from remotes.jobs import DISPATCH, wake
from remotes.life.endings import end_by_us
from remotes.live import announce
from remotes.models import FleetRules, RemoteAction
from remotes.words import codes

State = RemoteAction.State


class NotAllowed(SaysWhy):
    """Who asks may not approve it, or it waits for nobody."""


def needs_approval(rules: FleetRules, action: RemoteAction) -> bool:
    """Whether it still needs a second person now; a service that is trusted no longer needs one again."""
    if action.approved_at is not None or not rules.wants_two_people(action.type, action.payload, action.extra):
        return False
    return not (action.trusted and trust.holds(action.api_client_id, action.fleet_id, action.remote_type))


def wait_for_approval(rules: FleetRules, action: RemoteAction, now: datetime) -> None:
    """Have an action wait that was to be sent: a rule has come, or the trust in its service has ended."""
    ends_at = now + rules.approval_time
    action.set(
        state=State.WAITING_APPROVAL,
        lives_for=rules.time_to_live(action.type),
        due_at=ends_at,
        expires_at=ends_at,
        why=Why(codes.APPROVAL),
    )
    tell_wanted(action)


def why_not(action: RemoteAction, user: User) -> Why | None:
    """Why this person can't approve it; None when they can."""
    if action.state != State.WAITING_APPROVAL:
        return Why(codes.NO_APPROVAL)
    if action.expires_at <= clock.now():
        return Why(codes.APPROVAL_OVER)
    problem = approvers.why_not(user, action.fleet)
    if problem is not None:
        return problem
    if user.pk in hands_in(action):
        return Why(codes.ANOTHER_MANAGER)
    if not may_send(user, action.vehicle, action.remote_type):
        return Why(codes.NOT_YOUR_TYPE)
    return None


def hands_in(action: RemoteAction) -> frozenset[int]:
    """Keys of all who had a hand in it, and of who may be the same people; of a service also those who have learnt its
    password since.
    """
    asker = {action.user_id} if action.user_id is not None else set()
    of_client = trust.holders(action.api_client) if action.api_client is not None else set()
    return approvers.behind({*action.touched_by, *asker, *of_client}, action.fleet)


def approve(action: RemoteAction, user: User) -> None:
    """Let the action be sent; its time to live begins now. Raises NotAllowed."""
    with transaction.atomic():
        locked = locked_for_decision(action)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        now = clock.now()
        let_go(locked, now)
        locked.set(approved_by=user)
        audit.operated(locked, "approved", actor=person(user), origin=Origin.PAGE)
        tell_decided(locked)


def refuse(action: RemoteAction, user: User, reason: str = "") -> None:
    """End it: it is not sent. Whoever could approve it can refuse it. Raises NotAllowed."""
    with transaction.atomic():
        locked = locked_for_decision(action)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        actor = person(user)
        audit.operated(locked, "refused", actor=actor, origin=Origin.PAGE, reason=reason)
        why = Why(codes.NOT_APPROVED_BECAUSE, who=actor.name, why=reason) if reason else None
        end_by_us(locked, why or Why(codes.NOT_APPROVED, who=actor.name), statuses.GENERAL_ERROR, State.CANCELLED)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: announce([vehicle_id]))
        tell_decided(locked)


def locked_for_decision(action: RemoteAction) -> RemoteAction:
    """As it is now, under the lock under which dispatch chooses what to send."""
    vehicle = Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
    locked = RemoteAction.objects.select_for_update(of=["self"]).select_related("fleet").get(pk=action.pk)
    locked.vehicle = vehicle
    return locked


def let_go(locked: RemoteAction, now: datetime) -> None:
    """From now on it needs nobody, and has its whole time to be sent."""
    life = locked.lives_for or locked.type.time_to_live
    locked.set(state=State.QUEUED, approved_at=now, lives_for=None, expires_at=now + life, due_at=now, why=None)
    vehicle_id, urgent = locked.vehicle_id, locked.type.urgent
    transaction.on_commit(lambda: wake(DISPATCH, [vehicle_id], urgent=urgent))
    transaction.on_commit(lambda: announce([vehicle_id]))
