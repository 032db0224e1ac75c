"""The kinds of changes that need a second person, as each room makes its own known."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.dispatch import Signal

from fleets.models import Proposal
from fleets.proposals import codes
from fleets.rights import Right
from protocol.why import SaysWhy, Why

changed = Signal()
"""Sent after commit when a proposal was made or decided, with `proposal`. Receivers must not raise."""


class NotAllowed(SaysWhy):
    """The person may not propose or decide this, or it can't be done any more."""


Apply = Callable[[Proposal], None]
Describe = Callable[[Proposal], Why]
Hinders = Callable[[Proposal, User], Why | None]


@dataclass(frozen=True)
class Kind:
    """`apply` makes the change, in the transaction of the approval (`decided_by` is set).

    It raises NotAllowed where that is not possible any more, so that the proposal ends. `right`: whoever asked must
    still have it then. `hinders` says why this person in particular can't decide.
    """

    apply: Apply
    describe: Describe
    right: Right | None
    hinders: Hinders


_kinds: dict[str, Kind] = {}


def _nothing(_proposal: Proposal, _user: User) -> None:
    return None


def on_approval(
    kind: str, apply: Apply, describe: Describe, right: Right | None = None, hinders: Hinders = _nothing
) -> None:
    """Make a kind known; for `apps.py`."""
    _kinds[kind] = Kind(apply, describe, right, hinders)


def kind_of(proposal: Proposal) -> Kind:
    """Raises NotAllowed where this version does not know it."""
    if proposal.kind not in _kinds:
        raise NotAllowed(Why(codes.UNKNOWN_KIND))
    return _kinds[proposal.kind]


def describe(proposal: Proposal) -> Why:
    """What would change, in a sentence for a person."""
    try:
        return kind_of(proposal).describe(proposal)
    except NotAllowed as error:
        return error.why
