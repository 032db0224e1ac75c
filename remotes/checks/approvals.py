"""A second pair of eyes: types that a fleet has named wait until another manager has approved them."""

from django.contrib.auth.models import User
from django.db import transaction

from fleets.access import may
from fleets.audit.entries import Origin, person
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.storage import clock
from protocol.why import SaysWhy, Why
from remotes import audit
from remotes.jobs import DISPATCH, wake
from remotes.models import FleetRules, RemoteAction
from remotes.words import codes

State = RemoteAction.State


class NotAllowed(SaysWhy):
    """Who asks may not approve it, or it waits for nobody."""


def needs_approval(rules: FleetRules, action: RemoteAction) -> bool:
    return action.remote_type in rules.approval_types and action.approved_at is None


def why_not(action: RemoteAction, user: User) -> Why | None:
    """Why this person can't approve it; None when they can."""
    if action.state != State.WAITING_APPROVAL:
        return Why(codes.NO_APPROVAL)
    if not may(user, action.fleet, Right.APPROVE):
        return Why(codes.ONLY_MANAGERS_APPROVE)
    if action.user_id == user.pk:
        return Why(codes.ANOTHER_MANAGER)
    return None


def approve(action: RemoteAction, user: User) -> None:
    """Let the action be sent, within its time to live. Raises NotAllowed."""
    with transaction.atomic():
        Vehicle.objects.select_for_update(no_key=True).get(pk=action.vehicle_id)
        locked = RemoteAction.objects.select_for_update(of=["self"]).select_related("fleet").get(pk=action.pk)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        now = clock.now()
        locked.set(state=State.QUEUED, approved_by=user, approved_at=now, due_at=now, why=None)
        audit.operated(locked, "approved", actor=person(user), origin=Origin.PAGE)
        vehicle_id = locked.vehicle_id
        transaction.on_commit(lambda: wake(DISPATCH, [vehicle_id]))
