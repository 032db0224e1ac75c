"""What people may do, in words: their role, and what it is narrowed to."""

from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fleets.models import Invitation, Membership, MembershipVehicle
from fleets.people.giving import Grant
from fleets.rights import ADMIN, ROLES, Right
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROLE_NAMES: "dict[str, StrOrPromise]" = {
    "viewer": _("Viewer"),
    "support": _("Support"),
    "operator": _("Operator"),
    "manager": _("Manager"),
    "auditor": _("Auditor"),
    ADMIN: _("Admin"),
}
ROLE_HELP: "dict[str, StrOrPromise]" = {
    "viewer": _("Sees the vehicles and what is done, but not where they are. Sends nothing."),
    "support": _("Sees where vehicles are; locks, unlocks, finds and wakes them."),
    "operator": _("The same, and climate, charging, navigation, bulk commands and schedules."),
    "manager": _("Everything of the fleet, people and rules too. Some of it needs a second person."),
    "auditor": _("Reads everything, the audit and positions too. Sends nothing."),
    ADMIN: _("Everything in every fleet, those that are yet to come too."),
}
POSITIONS: "dict[str, StrOrPromise]" = {
    Membership.Positions.AS_ROLE: _("As the role has it"),
    Membership.Positions.YES: _("Sees where vehicles are"),
    Membership.Positions.NO: _("Does not see where vehicles are"),
}


def role_name(role: str) -> str:
    return str(ROLE_NAMES.get(role, role))


def vehicles_of_each() -> Coalesce:
    """How many vehicles each of some memberships is narrowed to, to annotate them with. Counted for each by itself: a
    join would carry a row a person and vehicle about.
    """
    rows = MembershipVehicle.objects.filter(membership=OuterRef("pk")).order_by().values("membership")
    return Coalesce(Subquery(rows.annotate(number=Count("*")).values("number")), 0)


def narrowed_words(grant: Grant, vehicles: int | None) -> list[str]:
    """What the role is narrowed to, but for its end; empty where it is whole. `vehicles`: how many they are by now."""
    words: list[str] = []
    if grant.narrowed and vehicles is not None:
        number = ngettext("%(number)s vehicle only", "%(number)s vehicles only", vehicles)
        words.append(number % {"number": vehicles})
    elif grant.narrowed:
        words.append(gettext("Some vehicles only"))
    if grant.remote_types:
        titles = [title_of(entry) for name, entry in REMOTE_TYPES.items() if name in grant.remote_types]
        words.append(gettext("Sends only: %(types)s") % {"types": ", ".join(titles)})
    by_role = Right.SEE_POSITIONS in ROLES[grant.role].rights
    if grant.positions == Membership.Positions.NO and by_role:
        words.append(gettext("Not where vehicles are"))
    if grant.positions == Membership.Positions.YES and not by_role:
        words.append(gettext("Where vehicles are, too"))
    return words


def what_for(row: Invitation) -> str:
    """The fleets that it is for, or that it is for all; those that are gone are left out."""
    if row.role == ADMIN:
        return gettext("All fleets")
    return ", ".join(fleet.name for fleet in row.fleets.all()) or "–"
