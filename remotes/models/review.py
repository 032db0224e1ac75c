"""What somebody has sent without the second person that it needed, until another has looked into it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fleets.storage.ids import new_public_id


class Review(models.Model):
    """An action that was sent without a second person (remotes/asking/break_glass.py): by whom, and why.

    It is open until another person who may approve has closed it, with a `note` on what they found.
    """

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="reviews", db_index=False)
    action = models.OneToOneField("remotes.RemoteAction", on_delete=models.CASCADE, related_name="review")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    reason = models.TextField()
    at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_closed_by_another",
                condition=Q(closed_by__isnull=True) | Q(by__isnull=True) | ~Q(closed_by=F("by")),
            ),
        ]
        indexes = [
            models.Index(F("fleet"), F("id").desc(), name="review_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.action} · {self.at:%Y-%m-%d %H:%M}"
