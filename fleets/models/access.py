"""Which people may use which fleet, through memberships."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fleets.rights import RIGHTS, Right


class Membership(models.Model):
    """A person's role in a fleet. With `default_view` the list of its vehicles opens."""

    class Role(models.TextChoices):
        VIEWER = "viewer", "Viewer: sees vehicles and their history"
        AUDITOR = "auditor", "Auditor: sees vehicles, their history and the audit"
        MANAGER = "manager", "Manager: sends remote actions too"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.VIEWER)
    default_view = models.ForeignKey(
        "fleets.SavedView", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "fleet"], name="membership_once"),
            models.CheckConstraint(
                name="membership_role_known", condition=Q(role__in=["viewer", "auditor", "manager"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.fleet}"

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]
