"""Who is on their way in, and whose say counts as that of a second person."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fleets.models.access import Membership
from fleets.rights import ADMIN
from fleets.storage.ids import new_public_id


class Invitation(models.Model):
    """A link that was mailed to somebody, by which they get a role in some fleets, once and until `expires_at`.

    `role` and what it is narrowed to are as in Membership, `ends_at` too; the role `admin` is for all fleets and has
    none here. `vehicles` are those of a narrowed person where no filter says which ones. Of the link's token only a
    digest is kept. `mailed_at`: when the mail server took it last; `language` is that of the mail. Whoever invited
    must still be allowed to when it is accepted.
    """

    ROLES = (*Membership.Role.choices, (ADMIN, "Admin"))

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    role = models.CharField(max_length=20, choices=ROLES, default=Membership.Role.VIEWER)
    fleets = models.ManyToManyField("fleets.Fleet", related_name="invitations", blank=True)
    ends_at = models.DateTimeField(null=True)
    remote_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    positions = models.CharField(max_length=4, choices=Membership.Positions, default=Membership.Positions.AS_ROLE)
    narrowed = models.BooleanField(default=False)
    narrowed_filter = models.JSONField(null=True, blank=True)
    vehicles = models.ManyToManyField("fleets.Vehicle", related_name="+", blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_role_known",
                condition=Q(role__in=["viewer", "support", "operator", "manager", "auditor", "admin"]),
            ),
            models.CheckConstraint(name="invitation_positions_known", condition=Q(positions__in=["role", "yes", "no"])),
        ]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"


class Approver(models.Model):
    """Somebody who may approve in a fleet by their role, in all fleets (null) as an admin: who gave them that role, and
    who confirmed that they are another person. Without a confirmation they approve nothing, and nobody who gave them
    the role approves what they ask for. Who has it for some vehicles only has a row too, though they approve nothing.

    A row that has ended (`ended_at`) stays: it says that the fleet has had somebody once (fleets/approvers.py).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="approver_in")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, null=True, related_name="approvers")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fleet"], condition=Q(ended_at=None, fleet__isnull=False), name="approver_once_a_fleet"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None, fleet__isnull=True), name="approver_once_in_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.fleet or 'all fleets'}"
