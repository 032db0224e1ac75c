"""A callback: where and how a subscriber wants to be notified (fleet-owner-v3.yaml, RemoteCallback)."""

import base64
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from fleets.storage.encryption import EncryptedJSONField, EncryptedTextField
from fleets.storage.ids import new_public_id
from protocol import statuses
from protocol.canonical import Subscribe
from protocol.canonical.attributes import never_batched
from protocol.canonical.document import JsonObject

# How long a replaced secret still signs beside the new one.
ROTATION = timedelta(hours=24)

# Of what is registered, what statements look for; it holds no secret.
PLAIN = ("batchNotify", "label", "remoteTypes", "retryPolicy")


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Callback(models.Model):
    """`subscribe` is the body that it was registered with, under its right spellings and with unknown fields kept.
    Since attributes may be credentials, it is encrypted but for PLAIN.

    `status_reason` says in words why it is Paused or Failed. `secret` signs what is posted (Standard Webhooks), and so
    does `previous_secret` until `previous_secret_until`. `batch_size` events go into one request, or those of
    `batch_window` seconds; 0 is one event a request, at once. One that is `for_alerts` gets the fleet's alerts
    (docs/alerts.md): people set it up, and the API and remote actions don't know it. `created_by` is the API client
    whose it is: no other one sees it over the API, nor what was asked for under it. People see all of their fleets.
    `dialect` is what its subscriber is written to in; v1 for the members of a `channel`, which hold what follows from
    that one's registration.
    """

    class Status(models.TextChoices):
        RUNNING = statuses.CALLBACK_RUNNING
        PAUSED = statuses.CALLBACK_PAUSED
        FAILED = statuses.CALLBACK_FAILED

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.PROTECT, related_name="callbacks")
    name = models.CharField(max_length=500)
    label = models.CharField(max_length=500, blank=True)
    target = models.CharField(max_length=2000)
    subscribe = EncryptedJSONField(plain=PLAIN)
    batch_size = models.IntegerField(default=0)
    batch_window = models.IntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    status_reason = models.TextField(blank=True)
    status_at = models.DateTimeField(null=True, blank=True)
    secret = EncryptedTextField(default=new_secret, editable=False)
    previous_secret = EncryptedTextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        "fleets.ApiClient", on_delete=models.SET_NULL, null=True, blank=True, related_name="callbacks"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    for_alerts = models.BooleanField(default=False, editable=False)
    dialect = models.CharField(max_length=2, default="v3", db_default="v3", editable=False)
    channel = models.ForeignKey(
        "callbacks.Channel", on_delete=models.PROTECT, null=True, related_name="members", db_index=False, editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="callback_status_known", condition=Q(status__in=list(statuses.CALLBACK_STATUSES))
            ),
            models.CheckConstraint(name="callback_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
            models.CheckConstraint(
                name="callback_dialect_known",
                condition=Q(dialect="v3", channel__isnull=True) | Q(dialect="v1", channel__isnull=False),
            ),
            models.UniqueConstraint(
                name="callback_member_once", fields=["channel", "fleet"], condition=Q(deleted_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["fleet", "id"], name="callback_of_fleet", condition=Q(deleted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.label or self.name

    @property
    def webhook(self) -> JsonObject:
        """`target`, `name` and maybe `attributes`, as registered."""
        webhook: JsonObject = self.subscribe["callback"]["webhook"]
        return webhook

    @property
    def shown_id(self) -> str:
        """The id that its notifications carry: a channel's members carry the channel's."""
        return self.channel.public_id if self.channel else self.public_id

    @property
    def tells_positions(self) -> bool:
        """Whether what is sent to it may say where vehicles are: the API client that it is for may be told, or none is
        named.
        """
        client = self.channel.created_by if self.channel is not None else self.created_by
        return not self.for_alerts and (client is None or client.sees_positions)

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
        batched = subscribe.batch_size > 1 and not never_batched(subscribe.attributes)
        self.batch_size = subscribe.batch_size if batched else 0
        self.batch_window = subscribe.batch_window if batched else 0

    def rotate_secret(self, now: datetime) -> str:
        """Make a new secret and return it; the one before signs beside it for 24 hours. The caller saves."""
        self.previous_secret, self.previous_secret_until = self.secret, now + ROTATION
        self.secret = new_secret()
        return self.secret

    def signing_secrets(self, now: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        if self.previous_secret and self.previous_secret_until and now < self.previous_secret_until:
            return [self.secret, self.previous_secret]
        return [self.secret]
