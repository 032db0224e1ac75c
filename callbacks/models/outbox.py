"""The outbox: events that wait for a callback, the batches that are formed of them, and each attempt to deliver one.

A row of these tables never locks its callback's: callbacks are deleted softly, so no reference can dangle.
"""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from callbacks.models.callback import Callback
from fleets.storage.encryption import SealedBinaryField, SealedTextField
from fleets.storage.ids import new_ordered_uuid


class Notification(models.Model):
    """One event that waits to become part of a batch; gone once it has.

    `event` is the event as JSON text, an entry of `events` (fleet-owner-v3-webhook.yaml, RemoteEvent). Those with the
    same `order_key` (a vehicle's primary key) are delivered in order; null follows no order. The attributes of a v1
    action stand encrypted in it (callbacks/models/kept.py).
    """

    callback = models.ForeignKey(Callback, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    order_key = models.BigIntegerField(null=True)
    remote_action_id = models.TextField(blank=True)
    vin = models.TextField(blank=True)
    remote_type = models.TextField(blank=True)
    event = SealedTextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["callback", "id"], name="notification_of_callback")]

    def __str__(self) -> str:
        return f"{self.remote_type} {self.remote_action_id}"


class Batch(models.Model):
    """One request to a callback's webhook, as it was formed: each try posts the same bytes under the same id.

    `body` is encrypted where it holds values of attributes (callbacks/models/kept.py). `order_keys`,
    `remote_action_ids`, `vins` and `remote_types` are those of its events, each once. `due_at` is when the next try may
    begin, of a parked one from when on a success of another lets it go; `releases` counts how often one has.
    `expires_at` is 3 days after the oldest event, or after a person asked for a replay.
    """

    class Kind(models.TextChoices):
        EVENTS = "events", "Events"
        TEST = "test", "Test"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PARKED = "parked", _("Tries used up")
        DELIVERED = "delivered", _("Delivered")
        EXPIRED = "expired", _("Expired")

    message_id = models.UUIDField(default=new_ordered_uuid, editable=False)
    callback = models.ForeignKey(
        Callback, on_delete=models.CASCADE, related_name="batches", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EVENTS)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    body = SealedBinaryField()
    event_count = models.IntegerField()
    order_keys = ArrayField(models.BigIntegerField(), default=list)
    remote_action_ids = ArrayField(models.TextField(), default=list)
    vins = ArrayField(models.TextField(), default=list)
    remote_types = ArrayField(models.TextField(), default=list)
    oldest_at = models.DateTimeField()
    formed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    releases = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="batch_state_known", condition=Q(state__in=["waiting", "parked", "delivered", "expired"])
            ),
            models.CheckConstraint(name="batch_kind_known", condition=Q(kind__in=["events", "test"])),
            models.CheckConstraint(
                name="batch_delivered_has_time", condition=~Q(state="delivered") | Q(delivered_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(F("callback"), F("id").desc(), name="batch_of_callback"),
            models.Index(fields=["callback", "id"], name="batch_waiting", condition=Q(state="waiting")),
            models.Index(fields=["callback", "id"], name="batch_parked", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return self.webhook_id

    @property
    def webhook_id(self) -> str:
        """The `webhook-id` of the Standard Webhooks headers, the same at each try."""
        return webhook_id(self.message_id)


WAITING_STATES = (Batch.State.WAITING, Batch.State.PARKED)


def webhook_id(message_id: uuid.UUID) -> str:
    return f"msg_{message_id.hex}"


class Attempt(models.Model):
    """One try to deliver a batch. `status` is null when there was no answer; `error` says in words what went wrong.

    `answer` is the start of the answer's body, made readable.
    """

    callback = models.ForeignKey(
        Callback, on_delete=models.CASCADE, related_name="attempts", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="attempts", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    at = models.DateTimeField()
    duration_ms = models.IntegerField()
    status = models.SmallIntegerField(null=True)
    error = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(F("callback"), F("id").desc(), name="attempt_of_callback"),
            models.Index(fields=["batch", "id"], name="attempt_of_batch"),
            # Small, and dear to no insert: attempts come in the order of their times.
            BrinIndex(fields=["at"], name="attempt_of_time", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Delivery(models.Model):
    """How delivering to one callback goes. `claim_id` and `lease_until` belong to the worker that does it.

    `exhausted` counts batches in a row whose tries were used up, `failing_since` is the first failure after the last
    success. `probe_at` is when a Failed callback may be tried again.
    """

    callback = models.OneToOneField(
        Callback, on_delete=models.CASCADE, primary_key=True, related_name="delivery", db_constraint=False
    )
    claim_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    exhausted = models.IntegerField(default=0)
    probe_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Delivery to {self.callback_id}"

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
