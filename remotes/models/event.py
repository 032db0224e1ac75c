"""What was notified: the requests as they came in, and the events in them."""

from django.db import models
from django.db.models import Q

from fleets.storage.ids import new_ordered_uuid
from fleets.storage.whys import WhyField
from remotes.models.action import RemoteAction


class InboundRequest(models.Model):
    """One authenticated request to our webhook, body as it came. Quarantined: something in it could not be read."""

    class Outcome(models.TextChoices):
        STORED = "stored", "Stored"
        QUARANTINED = "quarantined", "Quarantined"

    id = models.UUIDField(primary_key=True, default=new_ordered_uuid, editable=False)
    upstream_fleet = models.ForeignKey("fleets.UpstreamFleet", on_delete=models.CASCADE, db_index=False)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.TextField(blank=True)
    event_count = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="inbound_outcome_known", condition=Q(outcome__in=["stored", "quarantined"])),
        ]
        indexes = [
            models.Index(fields=["-id"], name="inbound_quarantined", condition=Q(outcome="quarantined")),
            models.Index(
                fields=["upstream_fleet", "-id"], name="inbound_unread_of_fleet", condition=Q(outcome="quarantined")
            ),
            models.Index(fields=["upstream_fleet", "-id"], name="inbound_of_fleet"),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.outcome}"


class RemoteEvent(models.Model):
    """One event of a remote action: as notified by upstream, as read by polling, or of our own making.

    `action` is null while the action is not known yet (an orphan). `effective_at` is the event date, or when it was
    received where that is missing or can't be meant; `stage`, `effective_at` and `rank` order the events
    (remotes/life/lifecycle.py).
    `why` is that of an end of our own making.
    """

    class Source(models.TextChoices):
        WEBHOOK = "webhook", "Notified"
        POLL = "poll", "Read by polling"
        FLEETREMOTE = "fleetremote", "FleetRemote"

    action = models.ForeignKey(
        RemoteAction, on_delete=models.CASCADE, null=True, blank=True, related_name="events", db_index=False
    )
    gateway = models.ForeignKey("fleets.Gateway", on_delete=models.PROTECT, db_index=False)
    inbound_request_id = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source)
    upstream_action_id = models.CharField(max_length=200)
    vin = models.TextField(blank=True)
    remote_type = models.TextField(blank=True)
    type = models.TextField()
    status = models.TextField()
    failure_cause = models.TextField(null=True, blank=True)
    feedback_detail = models.TextField(null=True, blank=True)
    event_date = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    why = WhyField()
    received_at = models.DateTimeField()
    stage = models.SmallIntegerField()
    effective_at = models.DateTimeField()
    rank = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="event_once",
                fields=["gateway", "upstream_action_id", "type", "status", "failure_cause", "event_date"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="event_source_known", condition=Q(source__in=["webhook", "poll", "fleetremote"])
            ),
        ]
        indexes = [
            models.Index(fields=["action", "id"], name="event_of_action", condition=Q(action__isnull=False)),
            models.Index(
                fields=["gateway", "upstream_action_id"],
                name="event_polled",
                condition=Q(source="poll", event_date__isnull=True),
            ),
            models.Index(fields=["-id"], name="event_orphan_newest", condition=Q(action__isnull=True)),
            models.Index(
                fields=["gateway", "upstream_action_id"], name="event_orphan", condition=Q(action__isnull=True)
            ),
            models.Index(
                fields=["gateway", "vin", "received_at"],
                name="event_orphan_of_vehicle",
                condition=Q(action__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type}/{self.status}"
