"""What was counted ahead for plots (remotes/rollups): nothing here is the truth, all of it can be counted anew."""

from django.db import models
from django.db.models import F, Q


class ActionCount(models.Model):
    """How many actions of a fleet ended so, within an hour or a day by the fleet's clocks that began at `start`.

    `outcome` is a Standing of what has ended, or WOKEN: then it counts wake-ups, by when they were. `reason` is that of
    what failed. Without `remote_type` (catalogue name), or without `model`, it is of all of them. `times`: how many of
    what succeeded took how long from asking to its end, by buckets of remotes/rollups/histogram.py.
    """

    class Length(models.TextChoices):
        HOUR = "hour", "Hour"
        DAY = "day", "Day"

    WOKEN = "woken"

    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="+", db_index=False)
    length = models.CharField(max_length=4, choices=Length)
    start = models.DateTimeField()
    remote_type = models.CharField(max_length=40, null=True)
    model = models.CharField(max_length=100, null=True)
    outcome = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    number = models.IntegerField()
    times = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="action_count_once",
                fields=["fleet", "length", "model", "remote_type", "start", "outcome", "reason"],
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["fleet", "length", "start"], name="action_count_of_time"),
            # What is asked for most is a small part of what was counted.
            models.Index(
                fields=["fleet", "length", "start"],
                name="action_count_of_all",
                condition=Q(model__isnull=True, remote_type__isnull=True),
            ),
            models.Index(
                fields=["fleet", "length", "start"],
                name="action_count_of_types",
                condition=Q(model__isnull=True, remote_type__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class CountDue(models.Model):
    """An action of the fleet has ended, or one that had has changed, in the quarter of an hour that began at `at`.

    Triggers write it (migration 0027), whoever changes the action; a sweep counts anew what it tells of, and takes it
    away. The fleet's row is not locked for it.
    """

    fleet = models.ForeignKey(
        "fleets.Fleet", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at", "fleet"], name="count_due_of_time")]

    def __str__(self) -> str:
        return f"Fleet {self.fleet_id} at {self.at:%Y-%m-%d %H:%M}"


class CountState(models.Model):
    """How far a fleet is counted: from the day that began at `since`, up to `until`, by the clocks of `zone`."""

    fleet = models.OneToOneField("fleets.Fleet", on_delete=models.CASCADE, primary_key=True, related_name="+")
    zone = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.fleet}: {self.since} – {self.until}"


class ChargeCount(models.Model):
    """How full the vehicles of a model were at a full hour: `numbers` has one for each step of
    remotes/rollups/charge.py, and a last one for those of which it is not known.
    """

    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    model = models.CharField(max_length=100, blank=True)
    numbers = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="charge_count_once", fields=["fleet", "at", "model"])]
        indexes = [models.Index(fields=["at"], name="charge_count_of_time")]

    def __str__(self) -> str:
        return f"{self.model} {self.at:%Y-%m-%d %H:%M}"


class AttemptCount(models.Model):
    """How many tries to deliver to a callback went so within an hour or a day that began at `start`.

    `times`: how many answers took how long, as in ActionCount.
    """

    callback = models.ForeignKey(
        "callbacks.Callback", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    length = models.CharField(max_length=4, choices=ActionCount.Length)
    start = models.DateTimeField()
    succeeded = models.BooleanField()
    number = models.IntegerField()
    times = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attempt_count_once", fields=["callback", "length", "start", "succeeded"])
        ]
        indexes = [models.Index(F("length"), F("start"), name="attempt_count_of_time")]

    def __str__(self) -> str:
        return f"{self.number} to callback {self.callback_id}"
