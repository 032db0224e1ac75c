"""Who may use which fleet: people through memberships, other services as API clients."""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fleets.rights import OF_NARROWED, ROLES, Right


class Membership(models.Model):
    """A person's role in a fleet, and what it is narrowed to. With `default_view` the list of its vehicles opens.

    From `ends_at` on it is as if it were not there. `remote_types` (catalogue names): of the role's only these; empty:
    all of them. `positions`: whether the person sees where vehicles are, as the role has it or otherwise. A `narrowed`
    person sees the vehicles of MembershipVehicle alone; `narrowed_filter` (remotes/finding/vehicles.py) says which ones
    those are, null where they were chosen one by one. A superuser's is made up with the role `admin`, and never saved.
    """

    class Role(models.TextChoices):
        VIEWER = "viewer", "Viewer"
        SUPPORT = "support", "Support"
        OPERATOR = "operator", "Operator"
        MANAGER = "manager", "Manager"
        AUDITOR = "auditor", "Auditor"

    class Positions(models.TextChoices):
        AS_ROLE = "role", "As the role has it"
        YES = "yes", "Yes"
        NO = "no", "No"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.VIEWER)
    ends_at = models.DateTimeField(null=True, blank=True)
    remote_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    positions = models.CharField(max_length=4, choices=Positions, default=Positions.AS_ROLE)
    narrowed = models.BooleanField(default=False)
    narrowed_filter = models.JSONField(null=True, blank=True)
    vehicles = models.ManyToManyField(
        "fleets.Vehicle", through="fleets.MembershipVehicle", related_name="narrowed_memberships", blank=True
    )
    default_view = models.ForeignKey(
        "fleets.SavedView", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "fleet"], name="membership_once"),
            models.CheckConstraint(
                name="membership_role_known",
                condition=Q(role__in=["viewer", "support", "operator", "manager", "auditor"]),
            ),
            models.CheckConstraint(name="membership_positions_known", condition=Q(positions__in=["role", "yes", "no"])),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.fleet}"

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may, whether or not it has ended."""
        rights = ROLES[self.role].rights
        if self.positions != self.Positions.AS_ROLE:
            rights = rights - {Right.SEE_POSITIONS} if self.positions == "no" else rights | {Right.SEE_POSITIONS}
        return rights & OF_NARROWED if self.narrowed else rights

    def may(self, right: Right) -> bool:
        return right in self.rights

    def may_send(self, remote_type: str) -> bool:
        """Whether the type (catalogue name) is one of theirs; not, to which vehicles."""
        is_theirs = not self.remote_types or remote_type in self.remote_types
        return is_theirs and Right.SEND in self.rights and remote_type in ROLES[self.role].remote_types


class MembershipVehicle(models.Model):
    """One of the vehicles that a narrowed person sees."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+", db_index=False)
    vehicle = models.ForeignKey("fleets.Vehicle", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "vehicle"], name="membership_vehicle_once")]

    def __str__(self) -> str:
        return f"{self.vehicle} of {self.membership}"


class ApiClient(models.Model):
    """Another service that calls our API with HTTP Basic and `client_id`.

    The password is made by us with 256 random bits, so one SHA-256 is enough to keep it and cheap enough for every
    request. `remote_types` (catalogue names) limits what it may send; empty is every type. After `secret_ends_at` its
    password is refused.
    """

    client_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    username = models.CharField(max_length=100)
    secret_hash = models.CharField(max_length=64, editable=False)
    secret_ends_at = models.DateTimeField(
        "password ends at", null=True, blank=True, help_text="From then on the password is refused; empty: never."
    )
    fleets = models.ManyToManyField("fleets.Fleet", related_name="api_clients", blank=True)
    remote_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    day_limit = models.PositiveIntegerField(default=1_000_000, help_text="Requests in 24 hours.")
    burst_limit = models.PositiveIntegerField(default=100, help_text="Requests in a second.")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "API client"

    def __str__(self) -> str:
        return self.name

    @property
    def is_authenticated(self) -> bool:
        return True

    def set_secret(self, secret: str) -> None:
        self.secret_hash = _hash(secret)

    def new_secret(self) -> str:
        """Make a password, keep its hash, and return it: it can't be read again."""
        secret = secrets.token_urlsafe(32)
        self.set_secret(secret)
        return secret

    def check_secret(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash, _hash(secret))

    def secret_is_over(self, now: datetime) -> bool:
        return self.secret_ends_at is not None and self.secret_ends_at <= now

    def may_send(self, remote_type: str) -> bool:
        return not self.remote_types or remote_type in self.remote_types


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A token by which an API client calls v1 (OAuth2, RFC 6750); `scopes` are what it was granted.

    Of the token only a digest is kept: it is made by us with 256 random bits, as passwords are. `secret_hash` is its
    client's at that time: once the password is another, its tokens are worth nothing.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=100))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"Token of {self.client}"
