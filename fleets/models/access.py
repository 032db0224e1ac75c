"""Which people may use which fleet, through memberships."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fleets.rights import OF_NARROWED, ROLES, Right


class Membership(models.Model):
    """A person's role in a fleet, and what it is narrowed to. With `default_view` the list of its vehicles opens.

    From `ends_at` on it is as if it were not there. `remote_types` (catalogue names): of the role's only these; empty:
    all of them. `positions`: whether the person sees where vehicles are, as the role has it or otherwise. A `narrowed`
    person sees the vehicles of MembershipVehicle alone; `narrowed_filter` (remotes/finding/vehicles.py) says which ones
    those are, null where they were chosen one by one. A superuser's is made up with the role `admin`, and never saved.
    """

    class Role(models.TextChoices):
        VIEWER = "viewer", "Viewer"
        SUPPORT = "support", "Support"
        OPERATOR = "operator", "Operator"
        MANAGER = "manager", "Manager"
        AUDITOR = "auditor", "Auditor"

    class Positions(models.TextChoices):
        AS_ROLE = "role", "As the role has it"
        YES = "yes", "Yes"
        NO = "no", "No"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.VIEWER)
    ends_at = models.DateTimeField(null=True, blank=True)
    remote_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    positions = models.CharField(max_length=4, choices=Positions, default=Positions.AS_ROLE)
    narrowed = models.BooleanField(default=False)
    narrowed_filter = models.JSONField(null=True, blank=True)
    vehicles = models.ManyToManyField(
        "fleets.Vehicle", through="fleets.MembershipVehicle", related_name="narrowed_memberships", blank=True
    )
    default_view = models.ForeignKey(
        "fleets.SavedView", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "fleet"], name="membership_once"),
            models.CheckConstraint(
                name="membership_role_known",
                condition=Q(role__in=["viewer", "support", "operator", "manager", "auditor"]),
            ),
            models.CheckConstraint(name="membership_positions_known", condition=Q(positions__in=["role", "yes", "no"])),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.fleet}"

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may, whether or not it has ended."""
        rights = ROLES[self.role].rights
        if self.positions != self.Positions.AS_ROLE:
            rights = rights - {Right.SEE_POSITIONS} if self.positions == "no" else rights | {Right.SEE_POSITIONS}
        return rights & OF_NARROWED if self.narrowed else rights

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def sends(self) -> frozenset[str]:
        """The remote types (catalogue names) that the person may send; not, to which vehicles."""
        if Right.SEND not in self.rights:
            return frozenset()
        types = ROLES[self.role].remote_types
        return types & frozenset(self.remote_types) if self.remote_types else types

    def may_send(self, remote_type: str) -> bool:
        """Whether the type (catalogue name) is one of theirs; not, to which vehicles."""
        return remote_type in self.sends


class MembershipVehicle(models.Model):
    """One of the vehicles that a narrowed person sees."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+", db_index=False)
    vehicle = models.ForeignKey("fleets.Vehicle", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "vehicle"], name="membership_vehicle_once")]

    def __str__(self) -> str:
        return f"{self.vehicle} of {self.membership}"
