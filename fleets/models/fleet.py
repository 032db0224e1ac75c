"""Fleets and their vehicles."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleets.storage import clock
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from fleets.vehicles import expressions, naming

if TYPE_CHECKING:
    from fleets.models.access import Membership

VIN_PATTERN = r"^[A-HJ-NPR-Z0-9]{17}$"


class Fleet(models.Model):
    """Vehicles that are managed together; the border of what a person or an API client may see.

    `is_simulated` is known of those that a page has looked up (fleets/simulated.py), and so is the `own_role` in it of
    whoever looks; where one fleet was looked up, their membership too (`own_member`: fleets/access.py) and the name of
    its time zone (`zone_name`), None where its rules were never laid down.
    """

    is_simulated = False
    own_role = ""
    zone_name: str | None = None
    own_member: "Membership | None" = None

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="fleet_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Whose clocks its pages go by; one that was not looked up for anybody has the server's."""
        return ZoneInfo(self.zone_name or settings.TIME_ZONE)


class Vehicle(models.Model):
    """One vehicle. `capabilities` holds the names of remote types that it can do, null while that is not known.

    `capability_document` is what upstream said of it (OnboardCapabilities), asked for at `capabilities_checked_at`,
    whether or not there was an answer. `state` is upstream's last vehicle status as it was read (fleet-owner-v3.yaml,
    Status), asked for at `state_read_at`. `gone_at`: since then upstream no longer lists the vehicle.

    The state is asked for again when `state_due_at` has come (never by itself without one: remotes/reading). It was
    asked for last at `state_tried_at`; when that gave none, `state_problem` says why, after `state_failures` in a row.

    PostgreSQL makes `sort_name`, `energy_level`, `is_locked`, `is_plugged`, `is_charging`, `is_stolen`, `has_alarm` and
    `heard_at` (fleets/vehicles/expressions.py) for lists, by the rules of fleets/vehicles/state/facts.py; `latitude`,
    `longitude` (null together) and `position_at` for the map; and `search_text`, which only fleets/vehicles/search.py
    asks.
    """

    class Motorization(models.TextChoices):
        ELECTRIC = "Electric", _("Electric")
        HYBRID = "Hybrid", _("Hybrid")
        THERMIC = "Thermic", _("Thermic")
        HYDROGEN = "Hydrogen", _("Hydrogen")

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    vin = models.CharField(
        "VIN",
        max_length=17,
        unique=True,
        validators=[RegexValidator(VIN_PATTERN, "A VIN has 17 characters: digits and capital letters but I, O and Q.")],
    )
    label = models.CharField(max_length=100, blank=True)
    plate = models.CharField(max_length=20, blank=True)
    brand = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=100, blank=True)
    motorization = models.CharField(max_length=20, blank=True, choices=Motorization)
    fleet = models.ForeignKey(Fleet, on_delete=models.PROTECT, related_name="vehicles")
    gateway = models.ForeignKey("fleets.Gateway", on_delete=models.PROTECT, related_name="vehicles")
    upstream_id = models.CharField(max_length=200)
    capabilities = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    capability_document = models.JSONField(default=dict, blank=True)
    capabilities_checked_at = models.DateTimeField(null=True, blank=True)
    state = models.JSONField(default=dict, blank=True)
    state_read_at = models.DateTimeField(null=True, blank=True)
    state_tried_at = models.DateTimeField(null=True, blank=True)
    state_problem = WhyField()
    state_failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    state_due_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    gone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    sort_name = models.GeneratedField(
        expression=expressions.sort_name(), output_field=models.TextField(), db_persist=True
    )
    search_text = models.GeneratedField(
        expression=expressions.search_text(), output_field=models.TextField(), db_persist=True
    )
    energy_level = models.GeneratedField(
        expression=expressions.energy_level(), output_field=expressions.LEVEL, db_persist=True
    )
    is_locked = models.GeneratedField(
        expression=expressions.is_locked(), output_field=models.BooleanField(null=True), db_persist=True
    )
    is_plugged = models.GeneratedField(
        expression=expressions.is_plugged(), output_field=models.BooleanField(null=True), db_persist=True
    )
    is_charging = models.GeneratedField(
        expression=expressions.is_charging(), output_field=models.BooleanField(null=True), db_persist=True
    )
    is_stolen = models.GeneratedField(
        expression=expressions.is_stolen(), output_field=models.BooleanField(null=True), db_persist=True
    )
    has_alarm = models.GeneratedField(
        expression=expressions.has_alarm(), output_field=models.BooleanField(), db_persist=True
    )
    latitude = models.GeneratedField(
        expression=expressions.latitude(), output_field=models.FloatField(null=True), db_persist=True
    )
    longitude = models.GeneratedField(
        expression=expressions.longitude(), output_field=models.FloatField(null=True), db_persist=True
    )
    position_at = models.GeneratedField(
        expression=expressions.position_at(), output_field=models.DateTimeField(null=True), db_persist=True
    )
    heard_at = models.GeneratedField(
        expression=expressions.heard_at(), output_field=models.DateTimeField(null=True), db_persist=True
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="vehicle_vin_form", condition=Q(vin__regex=VIN_PATTERN)),
            models.CheckConstraint(name="vehicle_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
            models.UniqueConstraint(fields=["gateway", "upstream_id"], name="vehicle_once_a_gateway"),
        ]
        indexes = [
            models.Index(fields=["fleet", "id"], name="vehicle_of_fleet"),
            models.Index(fields=["fleet", "sort_name", "id"], name="vehicle_by_name"),
            models.Index(fields=["fleet", "vin", "id"], name="vehicle_by_vin"),
            models.Index(fields=["fleet", "brand", "model", "id"], name="vehicle_by_model"),
            models.Index(fields=["fleet", "energy_level", "id"], name="vehicle_by_level"),
            models.Index(fields=["fleet", "heard_at", "id"], name="vehicle_by_heard"),
            models.Index(
                fields=["gateway", "state_due_at"],
                name="vehicle_state_due",
                condition=Q(gone_at__isnull=True, state_due_at__isnull=False),
            ),
            models.Index(
                fields=["fleet", "id"],
                name="vehicle_unread",
                condition=Q(gone_at__isnull=True, state_problem__isnull=False),
            ),
            models.Index(
                fields=["fleet", "id"],
                name="vehicle_marked",
                condition=Q(is_stolen=True) | Q(has_alarm=True),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="vehicle_search"),
        ]

    def __str__(self) -> str:
        return naming.shown(self.label) or self.vin

    @property
    def full_name(self) -> str:
        """What tells it from every other vehicle, in a line of text."""
        return naming.full_name(self.label, self.vin)

    @property
    def beside_name(self) -> str:
        """The VIN, where its name does not say it already."""
        return self.vin if naming.shown(self.label) else ""

    def can(self, remote_type: str) -> bool:
        """Whether the vehicle has this remote type; not known counts as yes, upstream then decides."""
        return self.capabilities is None or remote_type in self.capabilities
