"""One command for many vehicles: what is asked of them and how carefully, and how each of them stands."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fleets.storage.encryption import EncryptedJSONField
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.models.action import remote_type_choices

_STATES = ["preflight", "canary", "running", "stopped", "aborted", "done"]
_ITEM_STATES = ["waiting", "skipped", "asked", "succeeded", "failed", "cancelled"]


class BulkCommand(models.Model):
    """The same remote action for many vehicles of a fleet.

    `canary_size` vehicles go first, and the others only if `canary_share` percent of these succeed; 0 is none. `pace`
    is vehicles in any minute. `abort_share`: it ends when so many percent of those that have ended failed; null never.
    `checked_at` is when it was found out what each vehicle will do. `halt` says why it ended early, `halt_number` of
    `halt_of` vehicles in figures. `finished_at`: since then no vehicle's action is under way any more. `touched_by`:
    who had a hand in it, by their keys.
    """

    class State(models.TextChoices):
        PREFLIGHT = "preflight", "Not started"
        CANARY = "canary", "Trying the first vehicles"
        RUNNING = "running", "Running"
        STOPPED = "stopped", "Stopped"
        ABORTED = "aborted", "Ended early"
        DONE = "done", "Done"

    class Halt(models.TextChoices):
        PERSON = "person", "A person stopped it"
        RIGHTS = "rights", "Who asked for it no longer manages the fleet"
        CANARY = "canary", "Too few of the first vehicles succeeded"
        FAILURES = "failures", "Too many vehicles failed"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="bulk_commands", db_index=False)
    remote_type = models.CharField(max_length=40, choices=remote_type_choices)
    payload = models.JSONField()
    extra = EncryptedJSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    touched_by = ArrayField(models.IntegerField(), default=list, db_default=[])
    retry_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="retries")
    canary_size = models.PositiveIntegerField(default=0)
    canary_share = models.PositiveSmallIntegerField(default=100)
    pace = models.PositiveIntegerField()
    abort_share = models.PositiveSmallIntegerField(null=True)
    time_to_live = models.DurationField(null=True)

    state = models.CharField(max_length=10, choices=State, default=State.PREFLIGHT)
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    halt = models.CharField(max_length=10, choices=Halt, blank=True)
    halt_number = models.PositiveIntegerField(default=0)
    halt_of = models.PositiveIntegerField(default=0)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="bulk_state_known", condition=Q(state__in=_STATES)),
            models.CheckConstraint(name="bulk_pace_not_zero", condition=Q(pace__gt=0)),
            models.CheckConstraint(
                name="bulk_started_or_not",
                condition=Q(state="preflight", started_at__isnull=True)
                | (~Q(state="preflight") & Q(started_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="bulk_done_is_finished", condition=~Q(state="done") | Q(finished_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(F("fleet"), F("id").desc(), name="bulk_of_fleet"),
            models.Index(
                fields=["id"], name="bulk_live", condition=Q(started_at__isnull=False, finished_at__isnull=True)
            ),
            models.Index(fields=["finished_at"], name="bulk_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.type.describe(self.payload)} · {self.public_id}"

    @property
    def type(self) -> RemoteType:
        return REMOTE_TYPES[self.remote_type]

    @property
    def remote(self) -> Remote:
        """What each vehicle is asked."""
        return Remote(self.type, self.payload, None, self.extra)

    @property
    def is_going_on(self) -> bool:
        """Whether it still asks vehicles."""
        return self.state in (self.State.CANARY, self.State.RUNNING)

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class BulkItem(models.Model):
    """One vehicle of a bulk command.

    `verdict` is what was found before it began, `why` is why it is skipped, `wake_ups_left` what the
    vehicle had left of its month then, null where that is not limited. `state` follows the action's end.
    """

    class Verdict(models.TextChoices):
        SEND = "send", "Will be sent"
        WAKE = "wake", "Will be woken"
        SKIP = "skip", "Will be skipped"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SKIPPED = "skipped", "Skipped"
        ASKED = "asked", "Under way"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Not sent"

    bulk = models.ForeignKey(BulkCommand, on_delete=models.CASCADE, related_name="items", db_index=False)
    vehicle = models.ForeignKey("fleets.Vehicle", on_delete=models.CASCADE, related_name="bulk_items")
    place = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    state = models.CharField(max_length=10, choices=State)
    why = WhyField()
    wake_ups_left = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    action = models.OneToOneField("remotes.RemoteAction", on_delete=models.PROTECT, null=True, related_name="bulk_item")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk", "vehicle"], name="bulk_vehicle_once"),
            models.UniqueConstraint(fields=["bulk", "place"], name="bulk_place_once"),
            models.CheckConstraint(name="bulk_item_state_known", condition=Q(state__in=_ITEM_STATES)),
            models.CheckConstraint(name="bulk_verdict_known", condition=Q(verdict__in=["send", "wake", "skip"])),
            models.CheckConstraint(
                name="bulk_asked_has_action",
                condition=Q(state__in=["waiting", "skipped"], action__isnull=True, asked_at__isnull=True)
                | Q(state="cancelled")
                | Q(state__in=["asked", "succeeded", "failed"], action__isnull=False, asked_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["bulk", "state", "place"], name="bulk_by_state"),
            models.Index(fields=["bulk", "verdict", "place"], name="bulk_by_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle}: {self.get_state_display()}"
