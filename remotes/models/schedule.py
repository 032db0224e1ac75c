"""Remote actions that go out by the clock, what became of each time, and payloads that a fleet has given a name."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from fleets.storage.encryption import EncryptedJSONField
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.models.action import remote_type_choices
from remotes.zones import default_zone


class Prepared(models.Model):
    """What a remote action will ask for, written down before there is a vehicle."""

    remote_type = models.CharField(max_length=40, choices=remote_type_choices)
    payload = models.JSONField()
    extra = EncryptedJSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def type(self) -> RemoteType:
        return REMOTE_TYPES[self.remote_type]

    @property
    def remote(self) -> Remote:
        return Remote(self.type, self.payload, None, self.extra)


class SavedCommand(Prepared):
    """A payload under a name of the fleet's own, which its pages offer as a button."""

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="saved_commands", db_index=False)
    name = models.CharField(max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(F("fleet"), Lower("name"), name="saved_command_name_once")]

    def __str__(self) -> str:
        return self.name


class Schedule(Prepared):
    """A remote action at a time, or weekly, in the fleet's time zone; in the name of `user`, whose rights count.

    It is for one `vehicle`, or for those that a `filter` means (remotes/finding/vehicles.py), with `view_name` where it
    was taken from a view of the list of vehicles. Once: at `local_date` and `local_time`. Weekly: on `days` (0 is
    Monday) at `local_time`, from `starts_on` to `ends_on`, both included, null without a limit. `next_run_at` was
    reckoned in `zone`, for the local day `next_day`. `saved_command` is where the payload was taken from. `touched_by`:
    keys of all who had a hand in it.
    """

    class Rhythm(models.TextChoices):
        ONCE = "once", "Once"
        WEEKLY = "weekly", "Weekly"

    class Missed(models.TextChoices):
        SKIP = "skip", "Leave it out"
        SEND = "send", "Send it late"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="schedules", db_index=False)
    name = models.CharField(max_length=60)
    vehicle = models.ForeignKey("fleets.Vehicle", on_delete=models.CASCADE, null=True, related_name="schedules")
    filter = models.JSONField(null=True)
    view_name = models.CharField(max_length=100, blank=True)
    saved_command = models.ForeignKey(
        SavedCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="schedules"
    )
    reason = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    touched_by = ArrayField(models.IntegerField(), default=list, db_default=[])

    rhythm = models.CharField(max_length=10, choices=Rhythm)
    local_date = models.DateField(null=True)
    local_time = models.TimeField()
    days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    missed = models.CharField(max_length=10, choices=Missed, default=Missed.SKIP)

    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    zone = models.CharField(max_length=64, default=default_zone)
    next_run_at = models.DateTimeField(null=True)
    next_day = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="schedule_state_known", condition=Q(state__in=["active", "paused", "ended"])),
            models.CheckConstraint(name="schedule_missed_known", condition=Q(missed__in=["skip", "send"])),
            models.CheckConstraint(
                name="schedule_vehicle_or_filter",
                condition=Q(vehicle__isnull=False, filter__isnull=True) | Q(vehicle__isnull=True, filter__isnull=False),
            ),
            models.CheckConstraint(
                name="schedule_once_or_weekly",
                condition=Q(rhythm="once", local_date__isnull=False, days__len=0)
                | Q(rhythm="weekly", local_date__isnull=True, days__len__gt=0),
            ),
            models.CheckConstraint(
                name="schedule_active_has_next_run",
                condition=Q(state="active", next_run_at__isnull=False, next_day__isnull=False)
                | (~Q(state="active") & Q(next_run_at__isnull=True, next_day__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_run_at"], name="schedule_due", condition=Q(state="active")),
            models.Index(fields=["fleet", "next_run_at", "id"], name="schedule_to_come", condition=Q(state="active")),
            models.Index(F("fleet"), F("state"), F("id").desc(), name="schedule_of_fleet"),
        ]

    def __str__(self) -> str:
        return self.name

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class ScheduleRun(models.Model):
    """One time of a schedule and what became of it.

    `local_date` and `local_time` in `zone` are what was planned, `planned_at` is when that was: another time of day
    where a change of clocks skipped it. `asked` vehicles were asked and `left_out` were not; `why` says why, or why it
    was late, and `detail` what is behind it. One vehicle has an `action`, many have a `bulk` command.
    """

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        PART = "part", "Sent in part"
        SKIPPED = "skipped", "Not sent"
        MISSED = "missed", "Missed"

    class Why(models.TextChoices):
        LATE = "late", "FleetRemote did not run at the time, so it was sent late"
        DOWN = "down", "FleetRemote did not run at the time"
        REPLACED = "replaced", "A later time was missed too, and was sent instead"
        RIGHTS = "rights", "Whoever it runs for no longer manages the fleet"
        LEFT = "left", "The vehicle has left the fleet"
        NOBODY = "nobody", "No vehicle is meant"
        UNCLEAR = "unclear", "For which vehicles it is can't be understood"
        TOO_MANY = "too-many", "Too many vehicles are meant"
        UNABLE = "unable", "The vehicle can't do it"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs", db_index=False)
    planned_at = models.DateTimeField()
    local_date = models.DateField()
    local_time = models.TimeField()
    zone = models.CharField(max_length=64)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    detail = WhyField()
    asked = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    action = models.OneToOneField(
        "remotes.RemoteAction", on_delete=models.PROTECT, null=True, related_name="schedule_run"
    )
    bulk = models.OneToOneField(
        "remotes.BulkCommand", on_delete=models.SET_NULL, null=True, related_name="schedule_run"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "planned_at"], name="schedule_run_once"),
            models.CheckConstraint(
                name="schedule_run_state_known", condition=Q(state__in=["sent", "part", "skipped", "missed"])
            ),
            models.CheckConstraint(
                name="schedule_run_asked_if_sent",
                condition=Q(state__in=["sent", "part"], asked__gt=0)
                | Q(state__in=["skipped", "missed"], asked=0, action__isnull=True),
            ),
        ]
        indexes = [models.Index(F("schedule"), F("id").desc(), name="schedule_run_of_schedule")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.local_date} {self.local_time:%H:%M} ({self.get_state_display()})"
