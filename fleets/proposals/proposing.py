"""One person proposes a change, and those who may decide on it find it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from fleets.approvers import behind
from fleets.audit.doer import doer
from fleets.audit.entries import About, Actor, Origin, person, record_operation
from fleets.models import Fleet, Proposal
from fleets.proposals import codes
from fleets.proposals.kinds import NotAllowed, changed
from fleets.storage import clock
from protocol.why import Why

WAITS = timedelta(days=7)
"""So long a second person has time."""
MOST = 50
"""So many wait in a fleet at the most."""


def propose(
    fleet: Fleet | None,
    kind: str,
    document: Mapping[str, Any],
    *,
    by: User,
    reason: str = "",
    touched: Iterable[int] = (),
) -> Proposal:
    """Ask for a change that takes effect once another person has approved it.

    `fleet` None: of all fleets. `touched`: keys of others who had a hand in it, and so can't approve it. What waits
    already is not asked for twice: whoever asks again has a hand in that one. Raises NotAllowed where too many wait.
    """
    others = sorted(behind({*touched, by.pk}, fleet) - {by.pk})
    with transaction.atomic():
        if fleet is not None:
            Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)
        waiting = open_of(fleet)
        same = waiting.filter(kind=kind, document=dict(document)).select_for_update().first()
        if same is not None:
            same.set(asked_by_others=sorted({*same.asked_by_others, *others, by.pk} - {same.asked_by_id}))
            return same
        if waiting.count() >= MOST:
            raise NotAllowed(Why(codes.TOO_MANY, number=MOST))
        now = clock.now()
        proposal = Proposal.objects.create(
            fleet=fleet,
            kind=kind,
            document=dict(document),
            reason=reason,
            asked_by=by,
            asked_by_others=others,
            asked_at=now,
            ends_at=now + WAITS,
        )
        note(proposal, f"proposed a change: {kind}", person(by), reason)
    return proposal


def open_of(fleet: Fleet | None) -> QuerySet[Proposal]:
    """What waits in the fleet; None: what is about all fleets."""
    return Proposal.objects.filter(outcome=Proposal.Outcome.OPEN, ends_at__gt=Now(), fleet=fleet).order_by("pk")


def waiting_for(user: User, fleets: Iterable[int]) -> QuerySet[Proposal]:
    """What waits in fleets (primary keys) in which the person may decide, and had no hand in; for an admin also what is
    about all fleets.
    """
    where = Q(fleet__in=list(fleets))
    if user.is_superuser:
        where |= Q(fleet__isnull=True)
    rows = Proposal.objects.filter(where, outcome=Proposal.Outcome.OPEN, ends_at__gt=Now())
    return rows.exclude(asked_by=user).exclude(asked_by_others__contains=[user.pk]).order_by("pk")


def note(proposal: Proposal, what: str, actor: Actor, reason: str = "", why: Why | None = None) -> None:
    """Put it on record, and tell of it after commit."""
    who = doer()
    document = {"kind": proposal.kind, "proposal": proposal.document, "outcome": proposal.outcome}
    record_operation(
        About(proposal.public_id, proposal.fleet_id),
        what,
        actor=actor,
        origin=who.origin if who is not None else Origin.SYSTEM,
        reason=reason,
        document=document | ({"why": why.document()} if why else {}),
    )
    transaction.on_commit(lambda: _tell(proposal))


def _tell(proposal: Proposal) -> None:
    changed.send_robust(sender=Proposal, proposal=proposal)
