"""A remote action: the promise about a vehicle, and how far it has come."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fleets.storage.encryption import EncryptedJSONField
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from protocol.catalogue import REMOTE_TYPES, RemoteType


def remote_type_choices() -> list[tuple[str, str]]:
    """A function, so that a new entry in the catalogue needs no migration."""
    return [(name, entry.title) for name, entry in REMOTE_TYPES.items()]


class RemoteAction(models.Model):
    """One remote action on one vehicle.

    `state` is how far *we* are with it; `status`, `failure_cause` and `feedback_detail` are the protocol's words, as
    its events lead to (remotes/life/lifecycle.py; `status_stage`, `status_at` and `status_rank` are their order).
    `why` is why it waits, has ended by our own doing, or has no known outcome (remotes/words/codes.py). `due_at` is
    when a sweep must look at it, null when nothing is due; `not_before` holds back a retry. `claim_id` and
    `lease_until` belong to the worker that sends it. `when_awake`: it waits for the vehicle's next waking and spends no
    wake-up. `origin` says where it was asked for, `reason` why, in the words of who asked. `touched_by`: keys of all
    people who had a hand in it, and so can't approve it. `lives_for`: while it waits for a second person, how long it
    may wait to be sent once it is approved; `approved_by` null with `approved_at`: it was sent without one
    (remotes/asking/break_glass.py). `trusted`: a service asked that two people have trusted with it.
    """

    class Origin(models.TextChoices):
        PAGE = "page", "Page"
        API = "api", "API"
        SCHEDULE = "schedule", "Schedule"
        BULK = "bulk", "Bulk command"
        CONNECTION = "connection", "Check of a connection"

    class State(models.TextChoices):
        WAITING_APPROVAL = "waiting-approval", "Waiting for approval"
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        UNKNOWN = "unknown", "Outcome unknown"
        ACCEPTED = "accepted", "In progress"
        DONE = "done", "Done"
        EXPIRED = "expired", "Expired"
        CANCELLED = "cancelled", "Cancelled"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.PROTECT, related_name="remote_actions", db_index=False)
    vehicle = models.ForeignKey(
        "fleets.Vehicle", on_delete=models.PROTECT, related_name="remote_actions", db_index=False
    )
    gateway = models.ForeignKey(
        "fleets.Gateway", on_delete=models.PROTECT, related_name="remote_actions", db_index=False
    )
    callback = models.ForeignKey(
        "callbacks.Callback",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="remote_actions",
        db_index=False,
    )
    remote_type = models.CharField(max_length=40, choices=remote_type_choices)
    payload = models.JSONField()
    extra = EncryptedJSONField(default=dict, blank=True)
    label = models.CharField(max_length=500, null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    api_client = models.ForeignKey("fleets.ApiClient", on_delete=models.SET_NULL, null=True, blank=True)

    origin = models.CharField(max_length=10, choices=Origin, default=Origin.API)
    reason = models.TextField(blank=True)
    when_awake = models.BooleanField(default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    touched_by = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    lives_for = models.DurationField(null=True, blank=True, editable=False)
    trusted = models.BooleanField(default=False, db_default=False, editable=False)

    idempotency_key = models.CharField(max_length=255, null=True, blank=True)
    request_digest = models.CharField(max_length=64, blank=True)

    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    status = models.TextField(blank=True)
    status_stage = models.SmallIntegerField(default=0)
    status_at = models.DateTimeField(null=True, blank=True)
    status_rank = models.SmallIntegerField(default=0)
    failure_cause = models.TextField(null=True, blank=True)
    feedback_detail = models.TextField(null=True, blank=True)
    why = WhyField()

    upstream_id = models.CharField(max_length=200, null=True, blank=True)
    upstream_callback_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_id = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    absent_since = models.DateTimeField(null=True, blank=True)
    polls = models.PositiveSmallIntegerField(default=0)
    asked_again = models.PositiveIntegerField(default=0, db_default=0)
    asked_said = models.TextField(blank=True, default="", db_default="")

    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="action_state_known",
                condition=Q(
                    state__in=[
                        "waiting-approval",
                        "queued",
                        "sending",
                        "unknown",
                        "accepted",
                        "done",
                        "expired",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="action_claimed_while_sending",
                condition=Q(state="sending", claim_id__isnull=False, lease_until__isnull=False)
                | (~Q(state="sending") & Q(claim_id__isnull=True, lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="action_accepted_has_upstream_id",
                condition=~Q(state="accepted") | Q(upstream_id__isnull=False),
            ),
            models.CheckConstraint(
                name="action_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")) | Q(user__isnull=True),
            ),
            models.CheckConstraint(
                name="action_finished_when_ended",
                condition=Q(state__in=["done", "expired", "cancelled"], finished_at__isnull=False)
                | (~Q(state__in=["done", "expired", "cancelled"]) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(name="action_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
            models.UniqueConstraint(
                name="action_upstream_id_once",
                fields=["gateway", "upstream_id"],
                condition=Q(upstream_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="action_idempotency_key_once",
                fields=["api_client", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(F("vehicle"), F("id").desc(), name="action_history"),
            # For the filters of the history. Of what has ended only, so that an action on its way costs no more.
            models.Index(
                F("vehicle"),
                F("remote_type"),
                F("id").desc(),
                name="action_ended_type",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(
                F("vehicle"),
                F("status"),
                F("id").desc(),
                name="action_ended_status",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(
                fields=["vehicle", "created_at"], name="action_ended_time", condition=Q(finished_at__isnull=False)
            ),
            # What our commands have made of a vehicle (remotes/finding/marks.py).
            models.Index(
                F("vehicle"),
                F("id").desc(),
                name="action_marks",
                condition=Q(remote_type__in=["Immobilization", "Stolen"], status__in=["Success", "AlreadyDone"]),
            ),
            models.Index(F("callback"), F("vehicle"), F("id"), name="action_of_callback"),
            models.Index(fields=["fleet", "finished_at"], name="action_ended", condition=Q(finished_at__isnull=False)),
            # Who did what (remotes/finding/askers.py, console/overview/actions.py).
            models.Index(
                fields=["fleet", "user", "finished_at"],
                name="action_ended_of_person",
                condition=Q(finished_at__isnull=False, user__isnull=False),
            ),
            models.Index(
                fields=["fleet", "api_client", "finished_at"],
                name="action_ended_of_client",
                condition=Q(finished_at__isnull=False, api_client__isnull=False),
            ),
            models.Index(
                fields=["fleet", "approved_by", "finished_at"],
                name="action_ended_approved",
                condition=Q(finished_at__isnull=False, approved_by__isnull=False),
            ),
            models.Index(
                fields=["vehicle", "finished_at"],
                name="action_ended_of_vehicle",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(fields=["due_at"], name="action_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["vehicle", "id"],
                name="action_open",
                condition=Q(state__in=["waiting-approval", "queued", "sending", "unknown", "accepted"]),
            ),
            models.Index(
                F("fleet"),
                F("id").desc(),
                F("state"),
                name="action_open_of_fleet",
                condition=Q(state__in=["waiting-approval", "queued", "sending", "unknown", "accepted"]),
            ),
            models.Index(fields=["gateway", "id"], name="action_queued_of_gateway", condition=Q(state="queued")),
            # Each open page of those who approve asks for these every few seconds.
            models.Index(fields=["fleet", "expires_at"], name="action_waiting", condition=Q(state="waiting-approval")),
        ]

    def __str__(self) -> str:
        return f"{self.description} · {self.public_id}"

    @property
    def type(self) -> RemoteType:
        return REMOTE_TYPES[self.remote_type]

    @property
    def description(self) -> str:
        """The action in a few words for a person."""
        return self.type.describe(self.payload)

    @property
    def detail(self) -> str:
        """What the protocol has no word for, in English as the API has it; empty where there is nothing to say."""
        return str(self.why) if self.why else ""

    @property
    def upstream_label(self) -> str:
        """The label that we send upstream, by which an action with an unknown outcome is found again."""
        return f"fleetremote-{self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def set(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


# Nothing has been sent yet, so that it can be cancelled.
UNSENT_STATES = (RemoteAction.State.WAITING_APPROVAL, RemoteAction.State.QUEUED)

OPEN_STATES = (
    RemoteAction.State.WAITING_APPROVAL,
    RemoteAction.State.QUEUED,
    RemoteAction.State.SENDING,
    RemoteAction.State.UNKNOWN,
    RemoteAction.State.ACCEPTED,
)
