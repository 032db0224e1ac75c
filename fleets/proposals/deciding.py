"""Another person decides on what one has proposed."""

from django.contrib.auth.models import User
from django.db import transaction

from fleets import approvers
from fleets.access import may
from fleets.audit.entries import SYSTEM, Actor, person
from fleets.models import Proposal
from fleets.proposals import codes
from fleets.proposals.kinds import NotAllowed, kind_of
from fleets.proposals.proposing import note
from fleets.rights import Right
from fleets.storage import clock
from protocol.why import Why

Outcome = Proposal.Outcome


def why_not(proposal: Proposal, user: User) -> Why | None:
    """Why this person can't decide on it; None when they can."""
    if not proposal.is_open:
        return Why(codes.DECIDED)
    if proposal.ends_at <= clock.now():
        return Why(codes.OVERDUE)
    problem = approvers.why_not(user, proposal.fleet)
    if problem is not None:
        return problem
    asked_by = {proposal.asked_by_id} if proposal.asked_by_id is not None else set()
    if user.pk in approvers.behind({*asked_by, *proposal.asked_by_others}, proposal.fleet):
        return Why(codes.ANOTHER_PERSON)
    try:
        return kind_of(proposal).hinders(proposal, user)
    except NotAllowed as error:
        return error.why


def approve(proposal: Proposal, user: User, note_of_decider: str = "") -> Proposal:
    """Make the change. Raises NotAllowed where the person may not decide, or it can't be made any more: then the
    proposal has ended.
    """
    with transaction.atomic():
        locked = _locked(proposal)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        locked.decided_by = user
        failed = _apply(locked)
        if failed is None:
            _decide(locked, Outcome.APPROVED, user, note_of_decider)
        else:
            _decide(locked, Outcome.ENDED, None, why=failed)
    if failed is not None:
        raise NotAllowed(failed)
    return locked


def _apply(proposal: Proposal) -> Why | None:
    """Why it could not be made; nothing of it is left then."""
    try:
        kind = kind_of(proposal)
        if kind.right is not None and not _may_still_ask(proposal, kind.right):
            return Why(codes.ASKER_LEFT)
        with transaction.atomic():
            kind.apply(proposal)
    except NotAllowed as error:
        return error.why
    return None


def _may_still_ask(proposal: Proposal, right: Right) -> bool:
    asker = proposal.asked_by
    if asker is None or not asker.is_active:
        return False
    return asker.is_superuser if proposal.fleet is None else may(asker, proposal.fleet, right)


def refuse(proposal: Proposal, user: User, note_of_decider: str = "") -> Proposal:
    """Leave it as it is. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(proposal)
        problem = why_not(locked, user)
        if problem is not None:
            raise NotAllowed(problem)
        _decide(locked, Outcome.REFUSED, user, note_of_decider)
    return locked


def withdraw(proposal: Proposal, user: User) -> Proposal:
    """Take it back; only for whoever asked. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(proposal)
        if not locked.is_open:
            raise NotAllowed(Why(codes.DECIDED))
        if user.pk != locked.asked_by_id:
            raise NotAllowed(Why(codes.NOT_YOURS))
        _decide(locked, Outcome.WITHDRAWN, user)
    return locked


def end_overdue() -> None:
    """End what nobody has decided on in time."""
    for pk in Proposal.objects.filter(outcome=Outcome.OPEN, ends_at__lte=clock.now()).values_list("pk", flat=True):
        with transaction.atomic():
            found = Proposal.objects.select_for_update(of=["self"], skip_locked=True).filter(pk=pk, outcome="open")
            for proposal in found:
                _decide(proposal, Outcome.ENDED, None, why=Why(codes.OVERDUE))


def _locked(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=["self"]).select_related("fleet", "asked_by")
    return rows.get(pk=proposal.pk)


_DEEDS = {
    Outcome.APPROVED: "approved a change",
    Outcome.REFUSED: "refused a change",
    Outcome.WITHDRAWN: "withdrew a change",
    Outcome.ENDED: "a change came to nothing",
}


def _decide(proposal: Proposal, outcome: Outcome, user: User | None, words: str = "", why: Why | None = None) -> None:
    proposal.set(outcome=outcome, decided_by=user, decided_at=clock.now(), note=words, why=why)
    actor: Actor = SYSTEM if user is None else person(user)
    note(proposal, f"{_DEEDS[outcome]}: {proposal.kind}", actor, words, why)
