"""The guided connection of an account, and what each of its steps came to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from connections.calendar.models import EndNotice, SiteCertificate
from fleets.models import ApiClient, Gateway, Vehicle
from fleets.models.gateway import Credentials
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from remotes.zones import check_zone

__all__ = ["Connection", "ConnectionStep", "EndNotice", "SiteCertificate"]


class Connection(Credentials):
    """One account that is being connected, or is checked again: what was asked for, and how far it has come.

    `is_draft`: its credentials and address are not those of the gateway yet, and take over once they were tried; then
    they are emptied here. `found_fleets` are those of the account, a list of {id, name}. `wanted_fleets` maps ids of
    upstream fleets to the public ids of our fleets that they go into, empty texts for new ones; null while nobody has
    chosen. `takes_all_fleets`: whatever the account lists, also later. `time_zone`: of fleets that are made for it,
    empty for the server's. `managers`, whom the admin `chosen_by` has named, manage the fleets taken over,
    `api_client` may use them. `sends`: ends with a command to a vehicle. `leased_until`: a worker is at it until then.
    """

    class State(models.TextChoices):
        ENTERED = "entered", "Entered"
        RUNNING = "running", "Running"
        CHOOSING = "choosing", "Waiting for a choice"
        FAILED = "failed", "Failed"
        DONE = "done", "Done"

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    gateway = models.OneToOneField(Gateway, on_delete=models.CASCADE, null=True, related_name="connection")
    is_draft = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    found_fleets = models.JSONField(default=list)
    wanted_fleets = models.JSONField(null=True)
    takes_all_fleets = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="", validators=[check_zone])
    managers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    api_client = models.ForeignKey(ApiClient, on_delete=models.SET_NULL, null=True, related_name="+")
    sends = models.BooleanField(default=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, related_name="+")
    leased_until = models.DateTimeField(null=True)
    run_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["id"], name="connection_running", condition=Q(state="running"))]

    def __str__(self) -> str:
        return self.name


class ConnectionStep(models.Model):
    """What one step came to, this time: `ok` null with `why` is a remark, without one it is under way."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    ok = models.BooleanField(null=True)
    is_over = models.BooleanField(default=False)
    why = WhyField()
    document = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "name"], name="connection_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.connection}"
