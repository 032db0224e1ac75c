"""Has another person confirm whoever got a role with which they approve: a proposal (fleets/proposals)."""

from typing import Any

from django.contrib.auth.models import User

from fleets.approvers import may_confirm
from fleets.models import Approver, Proposal
from fleets.people.approving import confirm, give_what_is_lacking, unconfirmed
from fleets.proposals import NotAllowed, on_approval, open_of, propose
from fleets.rights import Right
from protocol.why import Why, code
from protocol.why import gettext_noop as _

KIND = "approver"

CONFIRM = code(
    "approver-confirm",
    _("%(person)s may approve in %(fleet)s. Confirm it if you know that this is another person than %(giver)s."),
)
CONFIRM_IN_ALL = code(
    "approver-confirm-in-all",
    _("%(person)s may approve in all fleets. Confirm it if you know that this is another person than %(giver)s."),
)
GONE = code("approver-gone", _("Who may do what has changed since: ask again if it is still wanted."))
NOT_FOR_YOU = code(
    "approver-not-for-you", _("Somebody else must confirm it: neither who gave the role nor who has it does.")
)


def listen() -> None:
    """For `apps.py`."""
    unconfirmed.connect(_ask_at_once, dispatch_uid="asks to confirm approvers")
    on_approval(KIND, _apply, _describe, Right.CHANGE_PEOPLE, _hinders)


def ask(row: Approver, by: User) -> Proposal:
    """Ask others to confirm it. Raises NotAllowed where too much waits."""
    touched = {key for key in (row.user_id, row.given_by_id) if key is not None}
    return propose(row.fleet, KIND, {"approver": row.pk}, by=by, touched=touched)


def ask_for(user: User, row_of: Any, by: User) -> Proposal:
    """The same for the person's row in the fleet `row_of` (None: all), which is made where there is none."""
    give_what_is_lacking(user)
    row = Approver.objects.filter(user=user, fleet=row_of, ended_at=None, confirmed_at=None).first()
    if row is None:
        raise NotAllowed(Why(GONE))
    return ask(row, by)


def waiting_in(row_of: Any) -> set[int]:
    """Keys of the approvers of the fleet (None: of all) whose confirmation is asked for by now."""
    found = open_of(row_of).filter(kind=KIND).values_list("document__approver", flat=True)
    return {int(key) for key in found if key is not None}


def _ask_at_once(sender: Any, row: Approver, **_: Any) -> None:
    """The role holds in any case: what could not be asked now is asked on the page of people."""
    if row.given_by is not None:
        try:
            ask(row, row.given_by)
        except NotAllowed:
            return


def _row(proposal: Proposal) -> Approver:
    rows = Approver.objects.select_related("user", "fleet", "given_by")
    row = rows.filter(pk=proposal.document.get("approver"), ended_at=None, confirmed_at=None).first()
    if row is None or row.user is None:
        raise NotAllowed(Why(GONE))
    return row


def _apply(proposal: Proposal) -> None:
    confirm(_row(proposal), proposal.decided_by)


def _hinders(proposal: Proposal, user: User) -> Why | None:
    return None if may_confirm(user, _row(proposal)) else Why(NOT_FOR_YOU)


def _describe(proposal: Proposal) -> Why:
    """Of one that is decided too."""
    rows = Approver.objects.select_related("user", "fleet", "given_by")
    row = rows.filter(pk=proposal.document.get("approver")).first()
    if row is None or row.user is None:
        raise NotAllowed(Why(GONE))
    giver = row.given_by.get_username() if row.given_by else "?"
    if row.fleet is None:
        return Why(CONFIRM_IN_ALL, person=row.user.get_username(), giver=giver)
    return Why(CONFIRM, person=row.user.get_username(), fleet=row.fleet.name, giver=giver)
