"""What one person may give another: never more than they have themselves, nor for longer. Admins have everything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from fleets.access import membership_in
from fleets.models import Fleet, Invitation, Membership
from fleets.people import codes
from fleets.rights import ADMIN, Right
from fleets.words.types import titles_why
from protocol.why import Why


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role and what it is narrowed to, as in Membership; `vehicles` are primary keys, where no filter says them."""

    role: str
    ends_at: datetime | None = None
    remote_types: tuple[str, ...] = ()
    positions: str = Membership.Positions.AS_ROLE
    narrowed: bool = False
    narrowed_filter: Mapping[str, Any] | None = None
    vehicles: tuple[int, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """For the columns of a membership or an invitation, but those that say which vehicles."""
        return {
            "role": self.role,
            "ends_at": self.ends_at,
            "remote_types": list(self.remote_types),
            "positions": self.positions,
        }

    @property
    def meant(self) -> Membership:
        """One as it would be, not to be saved."""
        return Membership(**self.values, narrowed=self.narrowed)


def grant_of(row: Membership | Invitation, *, with_vehicles: bool = False) -> Grant:
    """What the row gives; `with_vehicles`: those too that were chosen one by one, by another statement."""
    by_hand = with_vehicles and row.narrowed and row.narrowed_filter is None
    return Grant(
        role=row.role,
        ends_at=row.ends_at,
        remote_types=tuple(row.remote_types),
        positions=row.positions,
        narrowed=row.narrowed,
        narrowed_filter=row.narrowed_filter,
        vehicles=tuple(row.vehicles.order_by("pk").values_list("pk", flat=True)) if by_hand else (),
    )


def why_not_give(giver: User, fleet: Fleet | None, grant: Grant) -> Why | None:
    """Why the person can't give this in the fleet (None: in all, as an admin); None where they can."""
    if not giver.is_active:
        return Why(codes.NOT_YOURS, fleet=str(fleet or ""))
    if fleet is None or grant.role == ADMIN:
        is_admins = fleet is None and grant.role == ADMIN
        return None if giver.is_superuser and is_admins else Why(codes.ADMINS_ONLY)
    mine = membership_in(giver, fleet.pk)
    if mine is None or not mine.may(Right.CHANGE_PEOPLE):
        return Why(codes.NOT_YOURS, fleet=fleet.name)
    return why_more(mine, fleet, grant)


def why_more(mine: Membership, fleet: Fleet, grant: Grant) -> Why | None:
    """Why this is more than one's own membership of the fleet; None where it is not."""
    if mine.role == ADMIN:
        return None
    theirs = grant.meant
    lacking, types = theirs.rights - mine.rights, theirs.sends - mine.sends
    if lacking == {Right.SEE_POSITIONS}:
        return Why(codes.MORE_POSITIONS, fleet=fleet.name)
    if lacking:
        return Why(codes.MORE_RIGHTS, fleet=fleet.name)
    if types:
        return Why(codes.MORE_TYPES, fleet=fleet.name, types=titles_why(types))
    if mine.ends_at is not None and (grant.ends_at is None or grant.ends_at > mine.ends_at):
        return Why(codes.LONGER, fleet=fleet.name)
    return None
