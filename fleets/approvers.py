"""Whose say counts as that of a second person.

The right to approve comes with a role, and whoever gives roles could give one to a second account of their own. So a
role with that right makes a row (fleets.Approver) that another person must confirm: somebody who approves there
already, neither who gave the role nor who has it. Until then they have all of the role but this, and count as one
person with whoever gave it: what the one asks for the other doesn't approve (`behind`). Rows are made, ended and made
anew by fleets/people/approving.py, whichever door a role is given by.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from fleets.access import lasting, may
from fleets.models import Approver, Fleet
from fleets.rights import Right, roles_with
from protocol.why import Why, code
from protocol.why import gettext_noop as _

NO_RIGHT = code("approver-no-right", _("You may not approve in this fleet: your role there does not let you."))
NOT_CONFIRMED = code(
    "approver-not-confirmed",
    _(
        "You may not approve yet: somebody who approves here already must confirm that you are another person than "
        "whoever gave you your role."
    ),
)


def current() -> QuerySet[Approver]:
    """The rows that have not ended, confirmed or not."""
    return Approver.objects.filter(ended_at=None, user__isnull=False)


def confirmed() -> QuerySet[Approver]:
    return current().filter(confirmed_at__isnull=False)


def approvers_of(fleet: Fleet | None) -> QuerySet[User]:
    """Those who may approve in the fleet; None: what is of all fleets, where only admins do."""
    rows = confirmed().filter(user=OuterRef("pk"))
    allowed = Q(Exists(rows.filter(fleet=None)), is_superuser=True)
    if fleet is not None:
        members = lasting().filter(fleet=fleet, narrowed=False, role__in=roles_with(Right.APPROVE), user=OuterRef("pk"))
        allowed |= Q(Exists(rows.filter(fleet=fleet))) & Q(Exists(members))
    return User.objects.filter(allowed, is_active=True)


def may_approve(user: User, fleet: Fleet | None) -> bool:
    """Whether the person's say counts there; one statement. What they have asked for or touched is another question."""
    return approvers_of(fleet).filter(pk=user.pk).exists()


def why_not(user: User, fleet: Fleet | None) -> Why | None:
    """Why the person's say does not count there; None where it does."""
    if may_approve(user, fleet):
        return None
    has_right = user.is_superuser if fleet is None else may(user, fleet, Right.APPROVE)
    return Why(NOT_CONFIRMED if has_right else NO_RIGHT)


def may_confirm(user: User, row: Approver) -> bool:
    """Whether the person may say that this approver is somebody else than who gave them the role."""
    known = {key for key in (row.user_id, row.given_by_id) if key is not None}
    return may_approve(user, row.fleet) and user.pk not in behind(known, row.fleet)


def behind(people: Iterable[int], fleet: Fleet | None) -> frozenset[int]:
    """These people (primary keys), and all who may be one person with one of them there, as far as anybody knows: of
    those whom nobody has confirmed the ones who gave them their roles, and so on. A statement a step, mostly one.

    One whose account is gone may be anybody who has gone unconfirmed: no row says any more which one.
    """
    found: set[int] = set()
    new, is_gone = set(people), False
    while new or is_gone:
        found |= new
        who = Q(user__in=new) | Q(user=None) if is_gone or _lack_account(new) else Q(user__in=new)
        givers, confirmed_now = _givers(who, fleet)
        of_these = [(key, giver) for key, giver in givers if key not in confirmed_now]
        # Once is enough: it finds all who are gone.
        is_gone = not is_gone and any(giver is None for _, giver in of_these)
        new = {giver for _, giver in of_these if giver is not None} - found
    return frozenset(found)


def _lack_account(people: set[int]) -> bool:
    return User.objects.filter(pk__in=people).count() < len(people)


def _givers(who: Q, fleet: Fleet | None) -> tuple[list[tuple[int | None, int | None]], set[int]]:
    """By whom each got a role that nobody has confirmed; and those who are confirmed, or were at their end."""
    place = Q(fleet=None) if fleet is None else Q(fleet=None) | Q(fleet=fleet)
    givers: list[tuple[int | None, int | None]] = []
    newest: dict[int, bool] = {}
    counts: set[int] = set()
    for row in Approver.objects.filter(who, place).order_by("pk"):
        is_confirmed = row.confirmed_at is not None
        if not is_confirmed:
            givers.append((row.user_id, row.given_by_id))
        if row.user_id is not None:
            newest[row.user_id] = is_confirmed
            if is_confirmed and row.ended_at is None:
                counts.add(row.user_id)
    return givers, counts | {key for key, is_confirmed in newest.items() if is_confirmed}
