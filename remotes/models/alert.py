"""Alerts: what a person must know, whom it is told to, and the e-mails that tell it."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleets.storage.ids import new_public_id

KINDS = (
    *("dangerous-action", "unknown-outcome", "gateway-down", "gateway-refused", "callback-failed", "wake-ups"),
    *("credentials-end", "approval-wanted", "change-wanted", "sent-alone"),
)


class Alert(models.Model):
    """One cause that people must know of, from when it occurred until it was over.

    `fleet` is null when it concerns all fleets. `key` says what it is about: the public id of an action, callback or
    vehicle, a gateway's primary key, or an entry of the credentials calendar. `count` is how often it occurred. `told`
    is what people were last told, at `told_at` and with `told_count`; `tell_at` is when they are to be told next
    (alerts/rhythm.py). A `held` one waits for the all-clear of its gateway.
    """

    class Kind(models.TextChoices):
        DANGEROUS_ACTION = "dangerous-action", _("Dangerous action failed")
        UNKNOWN_OUTCOME = "unknown-outcome", _("Outcome of a dangerous action unknown")
        GATEWAY_DOWN = "gateway-down", _("Manufacturer's cloud down")
        GATEWAY_REFUSED = "gateway-refused", _("Credentials refused")
        CALLBACK_FAILED = "callback-failed", _("Callback failed")
        WAKE_UPS = "wake-ups", _("Wake-ups nearly spent")
        CREDENTIALS_END = "credentials-end", _("Credentials end")
        APPROVAL_WANTED = "approval-wanted", _("Action waits for a second person")
        CHANGE_WANTED = "change-wanted", _("Change waits for a second person")
        SENT_ALONE = "sent-alone", _("Sent without a second person")

    class Told(models.TextChoices):
        NOTHING = "", "Nothing"
        RAISED = "raised", "That it occurred"
        CLEARED = "cleared", "That it is over"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    fleet = models.ForeignKey(
        "fleets.Fleet", on_delete=models.CASCADE, null=True, related_name="alerts", db_index=False
    )
    key = models.CharField(max_length=40)
    action = models.ForeignKey("remotes.RemoteAction", on_delete=models.CASCADE, null=True, related_name="alerts")
    vehicle = models.ForeignKey(
        "fleets.Vehicle", on_delete=models.CASCADE, null=True, related_name="alerts", db_index=False
    )
    words = models.TextField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    cleared_at = models.DateTimeField(null=True)
    cleared_words = models.TextField(blank=True)
    told = models.CharField(max_length=10, choices=Told, default=Told.NOTHING, blank=True)
    told_at = models.DateTimeField(null=True)
    told_count = models.PositiveIntegerField(default=0)
    reminders = models.PositiveIntegerField(default=0)
    tell_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="alert_open_once",
                fields=["fleet", "kind", "key"],
                condition=Q(cleared_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="alert_kind_known", condition=Q(kind__in=KINDS)),
        ]
        indexes = [
            models.Index(F("fleet"), F("id").desc(), name="alert_of_fleet"),
            models.Index(fields=["kind", "key"], name="alert_about"),
            models.Index(fields=["tell_at"], name="alert_to_tell", condition=Q(tell_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.vehicle or self.key}"

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class AlertChoice(models.Model):
    """The kinds of a fleet's alerts that a person wants by e-mail, or that go to a webhook: one of the two is set.

    Without a row a manager gets all kinds, a viewer none, and a webhook all. What is about a second person goes to
    those who decide whatever they have chosen (alerts/deciding.py).
    """

    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="alert_choices", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True)
    callback = models.OneToOneField(
        "callbacks.Callback",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="alert_choice",
        limit_choices_to={"for_alerts": True, "deleted_at": None},
    )
    kinds = ArrayField(models.CharField(max_length=20, choices=Alert.Kind), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fleet", "user"], name="alert_choice_once"),
            models.CheckConstraint(
                name="alert_choice_of_one",
                condition=Q(user__isnull=False, callback__isnull=True) | Q(user__isnull=True, callback__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.callback}: {', '.join(self.kinds) or 'none'}"


class AlertMail(models.Model):
    """One e-mail to one person: each try sends the same lines under the same `message_id`.

    `due_at` is when the next try may begin, null once it was sent or given up; whoever moves it on makes the try.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_mails")
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    formed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # What comes while one waits goes with the next, so that a server that is back brings no flood.
            models.UniqueConstraint(name="alert_mail_one_waits", fields=["user"], condition=Q(due_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["due_at"], name="alert_mail_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.user} {self.formed_at:%Y-%m-%d %H:%M}"


class AlertLine(models.Model):
    """What one person is told of an alert at one moment, in the words of that moment; `mail` is null until it goes."""

    class What(models.TextChoices):
        RAISED = "raised", "Alert"
        AGAIN = "again", "Again"
        REMINDER = "reminder", "Reminder"
        CLEARED = "cleared", "Over"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="lines", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    what = models.CharField(max_length=10, choices=What)
    words = models.TextField()
    at = models.DateTimeField()
    mail = models.ForeignKey(AlertMail, on_delete=models.CASCADE, null=True, related_name="lines")

    class Meta:
        constraints = [models.UniqueConstraint(name="alert_told_once", fields=["alert", "user", "at"])]
        indexes = [models.Index(fields=["user", "id"], name="alert_line_waiting", condition=Q(mail__isnull=True))]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_what_display()}"


class AlertMark(models.Model):
    """How far a look for news has come in a table that only grows, and how far it had come the time before."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.BigIntegerField()
    earlier = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"
