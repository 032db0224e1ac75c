"""Each view of a fleet names the right that it needs, in its look-up of the fleet or of what belongs to it."""

from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from console.requests import PageRequest
from fleets.access import member_of, membership_in
from fleets.models import Fleet, Membership
from fleets.rights import Right

Row = TypeVar("Row", bound=Model)

_SENDING = _(
    "You may look at this fleet but not change how it sends. Ask whoever manages your rights to make you a manager."
)
REFUSALS = {
    Right.SEND: _(
        "You may look at this fleet but not send commands. Ask whoever manages your rights to make you a manager."
    ),
    Right.STOP: _SENDING,
    Right.CHANGE_RULES: _SENDING,
    Right.CHANGE_CALLBACKS: _(
        "You may look at the callbacks of this fleet but not change them. "
        "Ask whoever manages your rights to make you a manager."
    ),
    Right.CHANGE_SCHEDULES: _(
        "You may look at this fleet but not change its schedules. Ask whoever manages your rights."
    ),
    Right.CHANGE_COMMANDS: _(
        "You may look at this fleet but not change its commands. Ask whoever manages your rights."
    ),
    Right.CHANGE_ALERTS: _(
        "You may look at the alerts of this fleet and choose what you are told, but not do this. "
        "Ask whoever manages your rights to make you a manager."
    ),
    Right.CHANGE_VEHICLES: _(
        "You may look at this fleet but not change its vehicles. Ask whoever manages your rights to make you a manager."
    ),
    Right.READ_AUDIT: _(
        "You may look at this fleet but not read its audit. "
        "Ask whoever manages your rights to make you an auditor or a manager."
    ),
    Right.SHARE_VIEWS: _("Only its owner and the managers of this fleet can change this view."),
}
"""What whoever lacks the right is told; who may not even look finds nothing (404)."""


def find_fleet(request: PageRequest, fleet_id: str, right: Right = Right.LOOK) -> Fleet:
    """The person's fleet with their membership; a 404 for another one, a 403 where they lack the right in it."""
    fleet: Fleet = member_of(request.user, fleet_id).fleet
    check(request, fleet, right)
    return fleet


def find_in_fleet(
    request: PageRequest, rows: QuerySet[Row], fleet_id: str, public_id: str, right: Right = Right.LOOK
) -> Row:
    """One of the rows, which have a fleet; a 404 for those of fleets that are not the person's, a 403 as above."""
    fleet = find_fleet(request, fleet_id)
    found = get_object_or_404(rows.filter(fleet=fleet), public_id=public_id)
    cast(Any, found).fleet = fleet
    check(request, fleet, right)
    return found


def member_in(request: PageRequest, fleet: Fleet) -> Membership:
    """The person's membership in a fleet that was looked up for them; a 404 where it has ended meanwhile."""
    if fleet.own_member is None:
        fleet.own_member = membership_in(request.user, fleet.pk)
    if fleet.own_member is None:
        raise Http404
    return fleet.own_member


def check(request: PageRequest, fleet: Fleet, right: Right) -> None:
    """Let nobody pass who lacks the right; whoever has found the fleet may look."""
    if not member_in(request, fleet).may(right):
        raise PermissionDenied(REFUSALS[right])


def check_admin(request: PageRequest) -> None:
    """Let only admins pass; for others there is nothing (404)."""
    if not request.user.is_superuser:
        raise Http404
