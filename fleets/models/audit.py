"""The record of who had what done to which vehicle: entries are only added, and sealed into a chain afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils import timezone

from fleets.storage.encryption import EncryptedTextField

_SEALED = Q(position__isnull=False, seal__isnull=False, sealed_at__isnull=False)
_NOT_SEALED = Q(position__isnull=True, seal__isnull=True, sealed_at__isnull=True)
# Kinds and origins that are known to the database; what is dense in the history of any fleet has no index by kind.
RARE_KINDS = ("operated", "changed", "entered", "exported", "looked", "erased")
KINDS = ("asked", "checked", "sent", "answered", "ended", *RARE_KINDS)
ORIGINS = ("page", "api", "schedule", "bulk", "system", "admin", "command")
# Kinds that are found by a remote type: what people and programs did.
TYPED_KINDS = ("asked", "operated")
_RARE, _TYPED = Q(kind__in=RARE_KINDS), Q(kind__in=TYPED_KINDS)


class AuditEntry(models.Model):
    """One thing that was done, written by fleets/audit/entries.py in the transaction that did it.

    `subject` is the public id of the remote action, or of what else it is about. `who` is the name at the time, since
    people and clients can be renamed and deleted: no reference of this table is enforced. `body` are the bytes of a
    request or an answer, secrets masked and cut as the document's `body` says.

    `position`, `seal` and `sealed_at` are the sealer's (fleets/audit/sealing.py). `erased_at`: what was personal in it
    was taken out, and its seal is of what stood there before (fleets/audit/erasing.py). A trigger refuses every other
    update, a second seal, and every delete (migrations 0003 and 0016).
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for"
        CHECKED = "checked", "Checked"
        SENT = "sent", "Sent"
        ANSWERED = "answered", "Answered"
        ENDED = "ended", "Ended"
        OPERATED = "operated", "Operated"
        CHANGED = "changed", "Changed"
        ENTERED = "entered", "Entered"
        EXPORTED = "exported", "Exported"
        LOOKED = "looked", "Looked"
        ERASED = "erased", "Erased"

    class Origin(models.TextChoices):
        PAGE = "page", "A page"
        API = "api", "The API"
        SCHEDULE = "schedule", "A schedule"
        BULK = "bulk", "A bulk command"
        SYSTEM = "system", "FleetRemote itself"
        ADMIN = "admin", "The admin"
        COMMAND = "command", "A command line"

    at = models.DateTimeField(default=timezone.now)  # noqa: TID251 - as the migrations have it
    kind = models.CharField(max_length=10, choices=Kind)
    fleet = models.ForeignKey(
        "fleets.Fleet", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    vehicle = models.ForeignKey(
        "fleets.Vehicle", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    subject = models.TextField()
    who = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    api_client = models.ForeignKey(
        "fleets.ApiClient", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    origin = models.CharField(max_length=10, choices=Origin)
    reason = models.TextField()
    document = models.JSONField(default=dict)
    body = models.BinaryField(null=True)

    position = models.BigIntegerField(null=True, editable=False)
    seal = models.BinaryField(null=True, editable=False)
    sealed_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(name="audit_sealed_whole", condition=_SEALED | _NOT_SEALED),
            models.UniqueConstraint(
                name="audit_position_once", fields=["position"], condition=Q(position__isnull=False)
            ),
            models.CheckConstraint(name="audit_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="audit_origin_known", condition=Q(origin__in=ORIGINS)),
        ]
        indexes = [
            models.Index(name="audit_subject", fields=["subject", "id"]),
            models.Index(name="audit_not_sealed", fields=["id"], condition=Q(seal__isnull=True)),
            # The search (fleets/audit/searching.py), newest first.
            models.Index(name="audit_at", fields=["at", "id"]),
            models.Index(name="audit_fleet", fields=["fleet", "at", "id"], condition=Q(fleet__isnull=False)),
            models.Index(name="audit_vehicle", fields=["vehicle", "at", "id"], condition=Q(vehicle__isnull=False)),
            models.Index(name="audit_who", fields=["who", "at", "id"], condition=~Q(who="FleetRemote")),
            models.Index(name="audit_kind", fields=["kind", "at", "id"], condition=_RARE),
            models.Index(name="audit_fleet_kind", fields=["fleet", "kind", "at", "id"], condition=_RARE),
            models.Index(KT("document__remoteType"), F("at"), F("id"), name="audit_type", condition=_TYPED),
            models.Index(
                F("fleet"), KT("document__remoteType"), F("at"), F("id"), name="audit_fleet_type", condition=_TYPED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


class AuditHead(models.Model):
    """The end of the chain as the sealer left it, kept apart from the entries: one row, none before the first seal.

    `erasure_key` proves that an erasure was FleetRemote's: who has the database alone can't read it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    position = models.BigIntegerField()
    seal = models.BinaryField()
    sealed_at = models.DateTimeField()
    erasure_key = EncryptedTextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="audit_head_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.seal).hex()}"


class PlaceMark(models.Model):
    """How far positions were forgotten in a table that only grows: the key of the last row that was looked at."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
