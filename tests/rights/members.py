"""People of a fleet with every role, and with less than a role: narrowed to vehicles, to types, in time."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from fleets.models import Fleet, Membership, MembershipVehicle, Vehicle
from fleets.rights import ADMIN, ROLES, Right
from tests.world import make_person


@dataclass(frozen=True)
class Member:
    """Somebody of the fleet. `sees_it`: the vehicle that addresses are about is one of those that they see."""

    role: str
    sees_it: bool = True
    ends_in: timedelta | None = None
    narrowed: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.ends_in is not None and self.ends_in <= timedelta()

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset() if self.is_over else self._membership().rights

    @property
    def sends(self) -> frozenset[str]:
        return frozenset() if self.is_over else self._membership().sends

    def make(self, name: str, fleet: Fleet, it: Vehicle, another: Vehicle) -> User:
        """The person; `it` is the vehicle that addresses are about, `another` one is of the same fleet."""
        if self.role == ADMIN:
            return make_person(name, is_staff=True, is_superuser=True)
        person, membership = make_person(name), self._membership()
        membership.user, membership.fleet = person, fleet
        if self.ends_in is not None:
            membership.ends_at = timezone.now() + self.ends_in
        membership.save()
        if self.narrowed:
            MembershipVehicle.objects.create(membership=membership, vehicle=it if self.sees_it else another)
        return person

    def _membership(self) -> Membership:
        return Membership(role=self.role, narrowed=self.narrowed, **self.values)


MEMBERS = {
    **{name: Member(name) for name in ROLES if name != ADMIN},
    "root": Member(ADMIN),
    "narrowed manager": Member("manager", narrowed=True),
    "narrowed operator": Member("operator", narrowed=True),
    "operator of another vehicle": Member("operator", narrowed=True, sees_it=False),
    "locks and unlocks": Member("operator", values={"remote_types": ["Locking"]}),
    "honks until tomorrow": Member(
        "support", ends_in=timedelta(days=1), narrowed=True, values={"remote_types": ["Horn"], "positions": "no"}
    ),
    "ended manager": Member("manager", ends_in=-timedelta(seconds=1)),
}
"""All that addresses are asked as; what they may is what the table of rights (fleets/rights.py) says of their role."""
