"""Changes that need a second person, and what was trusted to services by two."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField


class Proposal(models.Model):
    """A change that one person wants, and that takes effect once another has approved it (fleets/proposals).

    `fleet` null: it is about all fleets, and admins decide. `kind` says who applies the `document`, and how.
    `asked_by_others`: keys of all people but `asked_by` who had a hand in it, and so can't approve it either. It waits
    until `ends_at`. `why` is why it was not applied, in a code; `note` what the person who decided wrote about it.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", "Waits for a second person"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        ENDED = "ended", "Ended"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey(
        "fleets.Fleet", on_delete=models.CASCADE, null=True, related_name="proposals", db_index=False
    )
    kind = models.CharField(max_length=20)
    document = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    asked_by_others = ArrayField(models.IntegerField(), default=list, blank=True)
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    why = WhyField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_outcome_known",
                condition=Q(outcome__in=["open", "approved", "refused", "withdrawn", "ended"]),
            ),
            models.CheckConstraint(
                name="proposal_decided_or_open",
                condition=Q(outcome="open", decided_at__isnull=True)
                | (~Q(outcome="open") & Q(decided_at__isnull=False)),
            ),
            # Whatever else goes wrong: nobody approves their own.
            models.CheckConstraint(
                name="proposal_not_by_oneself",
                condition=~Q(outcome="approved") | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]
        indexes = [
            models.Index(F("fleet"), F("id").desc(), name="proposal_of_fleet"),
            models.Index(fields=["ends_at"], name="proposal_open", condition=Q(outcome="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class Trust(models.Model):
    """An API client that two people have trusted to send a type (catalogue name) in a fleet without a second person.

    Only what is asked with a password that was there already at `granted_at` is trusted: who makes a new one later
    would else act alone. `proposal` is where two people agreed; null: it was set up on the machine itself.
    """

    client = models.ForeignKey("fleets.ApiClient", on_delete=models.CASCADE, related_name="trusts")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="trusts")
    remote_type = models.CharField(max_length=40)
    proposal = models.ForeignKey(Proposal, on_delete=models.SET_NULL, null=True, related_name="trusts", db_index=False)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name_plural = "trust"
        constraints = [
            models.UniqueConstraint(
                name="trust_once", fields=["client", "fleet", "remote_type"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.remote_type} in {self.fleet}"
