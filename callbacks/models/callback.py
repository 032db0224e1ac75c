"""A callback: where and how a subscriber wants to be notified (fleet-owner-v3.yaml, RemoteCallback)."""

from django.db import models
from django.db.models import Q

from fleets.ids import new_public_id
from protocol import statuses
from protocol.v3 import Subscribe


class Callback(models.Model):
    """`subscribe` is the body that it was registered with, under its right spellings and with unknown fields kept."""

    class Status(models.TextChoices):
        RUNNING = statuses.CALLBACK_RUNNING
        PAUSED = statuses.CALLBACK_PAUSED
        FAILED = statuses.CALLBACK_FAILED

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.PROTECT, related_name="callbacks")
    name = models.CharField(max_length=500)
    label = models.CharField(max_length=500, blank=True)
    target = models.CharField(max_length=2000)
    subscribe = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    created_by = models.ForeignKey(
        "fleets.ApiClient", on_delete=models.SET_NULL, null=True, blank=True, related_name="callbacks"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="callback_status_known", condition=Q(status__in=list(statuses.CALLBACK_STATUSES))
            ),
            models.CheckConstraint(name="callback_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
        ]
        indexes = [
            models.Index(fields=["fleet", "id"], name="callback_of_fleet", condition=Q(deleted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.label or self.name

    def allows(self, type_name: str) -> bool:
        """Whether a remote of this v3 type may name this callback; an absent list allows every type."""
        types = self.subscribe.get("remoteTypes")
        return not types or type_name in types

    def register(self, subscribe: Subscribe) -> None:
        """Take over what was registered; the caller saves."""
        self.subscribe = subscribe.document
        self.name = subscribe.name
        self.label = subscribe.label
        self.target = subscribe.target
