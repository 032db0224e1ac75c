"""Other services that use our API: the client, its passwords, and the tokens that it was given for v1."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fleets.storage import clock
from fleets.storage.ids import new_public_id


class ApiClient(models.Model):
    """Another service that calls our API with HTTP Basic and `client_id`, or with a token.

    `owner` answers for it; without one that may, it is ownerless (fleets/programs/people.py). `remote_types` (catalogue
    names) limits what it may send; empty is every type. `known_to` holds the keys of all people who may know one of its
    passwords, or may have handed one on: its owners, and whoever made a password, for ever. `certificate_fingerprint`
    (SHA-256 in hexadecimal digits): whoever calls must show that certificate to the proxy; empty binds it to none.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    client_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    username = models.CharField(max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="api_clients"
    )
    known_to = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    fleets = models.ManyToManyField("fleets.Fleet", related_name="api_clients", blank=True)
    remote_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    sees_positions = models.BooleanField(default=True)
    certificate_fingerprint = models.CharField(max_length=64, default="", blank=True)
    day_limit = models.PositiveIntegerField(default=1_000_000, help_text="Requests in 24 hours.")
    burst_limit = models.PositiveIntegerField(default=100, help_text="Requests in a second.")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # The password that was shown, while a request is answered.
    used_secret: "ApiSecret | None" = None

    class Meta:
        ordering = ["name"]
        verbose_name = "API client"
        constraints = [
            models.CheckConstraint(
                name="api_client_fingerprint",
                condition=Q(certificate_fingerprint="") | Q(certificate_fingerprint__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_authenticated(self) -> bool:
        return True

    def new_secret(self, name: str = "", *, by: User | None = None, ends_at: datetime | None = None) -> str:
        """Make a further password, keep its digest, and return it: it can't be read again. Saves the client first
        where it is new.
        """
        secret = secrets.token_urlsafe(32)
        self.add_secret(secret, name, by=by, ends_at=ends_at)
        return secret

    def add_secret(
        self, secret: str, name: str = "", *, by: User | None = None, ends_at: datetime | None = None
    ) -> "ApiSecret":
        """The same with a password of somebody's choice, who is one of those who know it."""
        if by is not None:
            self.make_known_to(by)
        if self._state.adding:
            self.save()
        elif by is not None:
            self.save(update_fields=["known_to"])
        return self.secrets.create(digest=digest_of(secret), name=name, made_by=by, ends_at=ends_at)

    def make_known_to(self, person: User) -> None:
        """Note that the person may know a password, or hand one on; saves nothing."""
        self.known_to = sorted({*self.known_to, person.pk})

    def may_send(self, remote_type: str) -> bool:
        return not self.remote_types or remote_type in self.remote_types


class ApiSecret(models.Model):
    """A password of an API client, of which only a digest is kept: it is made by us with 256 random bits, so one
    SHA-256 is enough, and cheap enough for every request.

    It is refused from `ends_at` on, and once somebody has ended it (`ended_at`). `last_used_at` is right to a few
    minutes (fleets/programs/secrets.py).
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=100, default="", blank=True)
    digest = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API client's password"
        constraints = [models.UniqueConstraint(fields=["client", "digest"], name="api_secret_once")]

    def __str__(self) -> str:
        return self.name or f"Password {self.pk}"

    @property
    def over_at(self) -> datetime | None:
        """From when on it is refused; None for never."""
        return min((at for at in (self.ends_at, self.ended_at) if at is not None), default=None)

    def is_over(self, now: datetime) -> bool:
        over_at = self.over_at
        return over_at is not None and over_at <= now


class ApiToken(models.Model):
    """A token by which an API client calls v1 (OAuth2, RFC 6750); `scopes` are what it was granted.

    Of the token only a digest is kept, as of passwords. It was given for `secret`: once that is over, it is worth
    nothing.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    secret = models.ForeignKey(ApiSecret, on_delete=models.CASCADE, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=100))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"Token of {self.client}"


def digest_of(secret: str) -> str:
    """What is kept of a password, or a token, of an API client."""
    return hashlib.sha256(secret.encode()).hexdigest()
