"""What a fleet has laid down for its remote actions, and when nothing is sent at all."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fleets.storage.whys import WhyField
from protocol.catalogue import TWO_PEOPLE, RemoteType
from remotes.zones import check_zone, default_zone, zone_of


def need_two_people() -> list[str]:
    """The remote types that need a second person as long as nobody has laid down otherwise."""
    return list(TWO_PEOPLE)


class FleetRules(models.Model):
    """A fleet's own rules; a fleet without a row has the defaults.

    `times_to_live`: seconds a remote type (catalogue name), where the fleet wants others than the catalogue's.
    `approval_types`: remote types that a second person must approve, within `approval_minutes`. `moving_minutes`: how
    old the knowledge that a vehicle moves may be to count. `wake_ups_a_month`: how many wake-ups a vehicle has a month,
    null while nobody knows; of these `wake_reserve` are kept for stolen, finder, immobilise and locking. `time_zone`:
    in which the fleet's schedules are read.
    """

    fleet = models.OneToOneField("fleets.Fleet", on_delete=models.CASCADE, primary_key=True, related_name="rules")
    times_to_live = models.JSONField(default=dict, blank=True)
    approval_types = ArrayField(models.CharField(max_length=40), default=need_two_people, blank=True)
    approval_minutes = models.PositiveIntegerField(default=15)
    moving_minutes = models.PositiveIntegerField(default=10)
    wake_ups_a_month = models.PositiveIntegerField(null=True, blank=True)
    wake_reserve = models.PositiveIntegerField(default=5)
    time_zone = models.CharField(max_length=64, default=default_zone, validators=[check_zone])

    class Meta:
        verbose_name_plural = "fleet rules"

    def __str__(self) -> str:
        return f"Rules of {self.fleet}"

    def time_to_live(self, remote_type: RemoteType) -> timedelta:
        seconds = self.times_to_live.get(remote_type.name)
        return timedelta(seconds=seconds) if seconds else remote_type.time_to_live

    def wants_two_people(self, remote_type: RemoteType, payload: Mapping[str, Any], beside: Iterable[str] = ()) -> bool:
        """Whether a second person must agree to this; never so for what only takes such a thing back.

        `beside`: names of what stands beside the payload.
        """
        return remote_type.name in self.approval_types and not remote_type.is_release(payload, beside)

    @property
    def approval_time(self) -> timedelta:
        return timedelta(minutes=self.approval_minutes)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.time_zone)

    @property
    def moving_limit(self) -> timedelta:
        return timedelta(minutes=self.moving_minutes)


def holding(fleet_id: str) -> str:
    """The condition, in SQL, by which a `stop` holds for the fleet whose id the expression gives, or for all."""
    return f"stop.lifted_at IS NULL AND (stop.fleet_id = {fleet_id} OR stop.fleet_id IS NULL)"


class Stops(models.QuerySet["SendingStop"]):
    """What tables of stops are asked."""

    def unlifted(self) -> "Stops":
        return self.filter(lifted_at__isnull=True)

    def holding_for(self, fleet: Any) -> "Stops":
        """Those that hold for the fleet: its own and that of all fleets; of None, that of all fleets."""
        wanted = Q(fleet__isnull=True)
        return self.unlifted().filter(wanted if fleet is None else wanted | Q(fleet=fleet))


class SendingStop(models.Model):
    """The kill switch: while it is not lifted nothing is sent for the fleet, or for any when `fleet` is null."""

    fleet = models.ForeignKey(
        "fleets.Fleet", on_delete=models.CASCADE, null=True, blank=True, related_name="sending_stops"
    )
    reason = models.TextField()
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    stopped_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = Stops.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sending_stopped_once", fields=["fleet"], condition=Q(lifted_at__isnull=True), nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fleet or 'All fleets'}: {self.reason}"


class GatewayHealth(models.Model):
    """Whether actions can be sent through a gateway.

    Down: most requests fail, so one probe at a time finds out whether it works again. Refused: our credentials are not
    taken (401 or 403), so nothing is sent until a person has changed them, or a probe is taken. `why` is what was met
    last. `probed_at` is when the last probe went, at first when the gateway was closed, `probe_at` when the next one
    may go, `failures` those in a row. `burst_limit` and `day_limit` are requests a second and in 24 hours as the
    gateway's answers told them last, so that they are known when Redis has lost them; 0 is no limit. `list_lag`:
    seconds that its lists of remote actions were behind, as our own showed.
    """

    class State(models.TextChoices):
        UP = "up", "Up"
        DOWN = "down", "Down"
        REFUSED = "refused", "Credentials refused"

    gateway = models.OneToOneField("fleets.Gateway", on_delete=models.CASCADE, primary_key=True, related_name="health")
    state = models.CharField(max_length=10, choices=State, default=State.UP)
    since = models.DateTimeField(null=True, blank=True)
    why = WhyField()
    failures = models.PositiveIntegerField(default=0)
    probe_at = models.DateTimeField(null=True, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
    burst_limit = models.PositiveIntegerField(null=True, blank=True)
    day_limit = models.PositiveIntegerField(null=True, blank=True)
    list_lag = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="gateway_health_known", condition=Q(state__in=["up", "down", "refused"])),
        ]
        verbose_name_plural = "gateway health"

    def __str__(self) -> str:
        return f"{self.gateway}: {self.get_state_display()}"


class WakeUp(models.Model):
    """A waking of a sleeping vehicle that counts against its month, as the action's events tell it."""

    action = models.OneToOneField("remotes.RemoteAction", on_delete=models.CASCADE, related_name="wake_up")
    vehicle = models.ForeignKey("fleets.Vehicle", on_delete=models.CASCADE, related_name="wake_ups", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("vehicle"), F("at").desc(), name="wake_up_of_vehicle"),
            models.Index(fields=["at"], name="wake_up_of_time"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.at:%Y-%m-%d %H:%M}"
