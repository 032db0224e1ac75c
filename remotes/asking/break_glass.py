"""Breaking the glass: what needs a second person is sent at once, everybody is told, and another looks into it later.

Whoever lets a person do this has had them show their second factor again just before (console/approvals).
"""

from django.contrib.auth.models import User
from django.db import transaction

from fleets import approvers
from fleets.access import may, may_send
from fleets.audit.entries import Origin, person
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.storage import clock
from protocol.canonical import Remote
from protocol.why import Why
from remotes import audit
from remotes.asking.ask import Wishes, request_action
from remotes.asking.told import tell_decided, tell_glass_broken, tell_review_closed
from remotes.checks.approvals import NotAllowed, hands_in, let_go, locked_for_decision
from remotes.models import RemoteAction, Review
from remotes.words import codes

State = RemoteAction.State

LEAST_REASON = 10
"""So many characters at the least say why."""


def why_not(action: RemoteAction, user: User) -> Why | None:
    """Why this person can't send it alone; None when they can."""
    if action.state != State.WAITING_APPROVAL:
        return Why(codes.NO_APPROVAL)
    if action.expires_at <= clock.now():
        return Why(codes.APPROVAL_OVER)
    if not may(user, action.fleet, Right.BREAK_GLASS) or not may_send(user, action.vehicle, action.remote_type):
        return Why(codes.MAY_NOT_BREAK_GLASS)
    return None


def break_glass(action: RemoteAction, user: User, reason: str) -> Review:
    """Send an action that waits for a second person without one. Raises NotAllowed."""
    if len(reason.strip()) < LEAST_REASON:
        raise NotAllowed(Why(codes.REASON_TOO_SHORT, number=LEAST_REASON))
    with transaction.atomic():
        locked = locked_for_decision(action)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        now = clock.now()
        let_go(locked, now)
        locked.set(touched_by=sorted({*locked.touched_by, user.pk}))
        review = Review.objects.create(action=locked, fleet=locked.fleet, by=user, reason=reason.strip(), at=now)
        audit.operated(locked, "broke the glass", actor=person(user), origin=Origin.PAGE, reason=reason.strip())
        tell_glass_broken(review)
        tell_decided(locked)
    return review


def send_alone(vehicle: Vehicle, remote: Remote, *, user: User, reason: str, wishes: Wishes) -> RemoteAction:
    """Ask for something and break the glass for it in one. Raises NotAllowed, and NotPossible as asking does.

    What needs no second person is simply asked for.
    """
    with transaction.atomic():
        action = request_action(vehicle, remote, user=user, wishes=wishes)
        if action.state == State.WAITING_APPROVAL:
            break_glass(action, user, reason)
    action.refresh_from_db()
    return action


def why_not_close(review: Review, user: User) -> Why | None:
    """Why this person can't close it; None when they can."""
    if review.closed_at is not None:
        return Why(codes.REVIEW_CLOSED)
    problem = approvers.why_not(user, review.fleet)
    if problem is not None:
        return problem
    if user.pk == review.by_id or user.pk in hands_in(review.action):
        return Why(codes.ANOTHER_MANAGER_CLOSES)
    return None


def close_review(review: Review, user: User, note: str = "") -> None:
    """Another person has looked into it. Raises NotAllowed."""
    with transaction.atomic():
        rows = Review.objects.select_for_update(of=["self"]).select_related("fleet", "action")
        locked = rows.get(pk=review.pk)
        problem = why_not_close(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        locked.closed_by, locked.closed_at, locked.note = user, clock.now(), note
        locked.save(update_fields=["closed_by", "closed_at", "note"])
        audit.operated(locked.action, "closed the review", actor=person(user), origin=Origin.PAGE, reason=note)
        tell_review_closed(locked)
