"""Each view of a fleet names the right that it needs, in its look-up of the fleet or of what belongs to it."""

from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from console.requests import PageRequest
from console.zones import go_by
from fleets.access import member_of, membership_in
from fleets.models import Fleet, Membership
from fleets.rights import Right
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of

Row = TypeVar("Row", bound=Model)

_SENDING = _("You may look at this fleet but not change how it sends. Ask a manager of the fleet.")
REFUSALS = {
    Right.LOOK_ALL: _(
        "You may look at some vehicles of this fleet only, and this is of the whole fleet. Ask a manager of the fleet."
    ),
    Right.SEE_POSITIONS: _("You may not see where the vehicles of this fleet are. Ask a manager of the fleet."),
    Right.SEND: _("You may look at this fleet but not send commands. Ask a manager of the fleet."),
    Right.SEND_MANY: _(
        "You may look at this fleet but not send one command to many vehicles. Ask a manager of the fleet."
    ),
    Right.APPROVE: _("You may look at this fleet but not approve. Ask a manager of the fleet."),
    Right.BREAK_GLASS: _(
        "You may look at this fleet but not send at once what a second person has to approve. "
        "Ask a manager of the fleet."
    ),
    Right.STOP: _SENDING,
    Right.CHANGE_RULES: _SENDING,
    Right.CHANGE_CALLBACKS: _(
        "You may look at the callbacks of this fleet but not change them. Ask a manager of the fleet."
    ),
    Right.CHANGE_SCHEDULES: _("You may look at this fleet but not change its schedules. Ask a manager of the fleet."),
    Right.CHANGE_COMMANDS: _("You may look at this fleet but not change its commands. Ask a manager of the fleet."),
    Right.CHANGE_ALERTS: _(
        "You may look at the alerts of this fleet and choose what you are told, but not do this. "
        "Ask a manager of the fleet."
    ),
    Right.SHARE_VIEWS: _("Only its owner and the managers of this fleet can change this view."),
    Right.CHANGE_VEHICLES: _("You may look at this fleet but not change its vehicles. Ask a manager of the fleet."),
    Right.CHANGE_PEOPLE: _("You may look at this fleet but not change who uses it. Ask a manager of the fleet."),
    Right.CHANGE_CLIENTS: _(
        "You may look at this fleet but not change which services use it. Ask a manager of the fleet."
    ),
    Right.READ_AUDIT: _("You may look at this fleet but not read its audit. Ask a manager of the fleet."),
}
"""What whoever lacks the right is told; who may not even look finds nothing (404)."""


class NotYours(PermissionDenied):
    """The person may send, but not this; its text says so to them."""


def find_fleet(request: PageRequest, fleet_id: str, right: Right = Right.LOOK) -> Fleet:
    """The person's fleet with their membership; a 404 for another one, a 403 where they lack the right in it."""
    fleet: Fleet = find_member(request, fleet_id).fleet
    check(request, fleet, right)
    return fleet


def find_member(request: PageRequest, fleet_id: str, *also: str) -> Membership:
    """Their membership with its fleet, by whose clocks the page goes from here on; a 404 for another one's fleet.

    `also` is read along.
    """
    found = member_of(request.user, fleet_id, *also)
    go_by(found.fleet.zone)
    return found


def find_in_fleet(
    request: PageRequest, rows: QuerySet[Row], of: str | Fleet, public_id: str, right: Right = Right.LOOK
) -> Row:
    """One of the rows, which have a fleet; a 404 for those of fleets that are not the person's, a 403 as above.

    `of`: the fleet, or its public id.
    """
    fleet = find_fleet(request, of) if isinstance(of, str) else of
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


def check_sends(request: PageRequest, fleet: Fleet, remote_type: str) -> None:
    """Let nobody pass who may not send this type (catalogue name); which vehicles they see was asked before."""
    member = member_in(request, fleet)
    if not member.may(Right.SEND):
        raise PermissionDenied(REFUSALS[Right.SEND])
    if not acts_on(member, remote_type):
        raise NotYours(not_your_type(remote_type))


def acts_on(member: Membership, remote_type: str) -> bool:
    """Whether they may do something about an action of the type; what no type is any more, can't be sent by anybody."""
    return member.may_send(remote_type) or (remote_type not in REMOTE_TYPES and member.may(Right.SEND))


def not_your_type(remote_type: str) -> str:
    """What whoever may send other types than this one is told."""
    return _now("You may send commands to this fleet, but not this: %(what)s. Ask a manager of the fleet.") % {
        "what": title_of(REMOTE_TYPES[remote_type])
    }


def check_admin(request: PageRequest) -> None:
    """Let only admins pass; for others there is nothing (404)."""
    if not request.user.is_superuser:
        raise Http404
