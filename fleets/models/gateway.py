"""The manufacturer's cloud as we reach it, and our callback there for each fleet."""

import secrets

from django.db import models
from django.db.models import F, Q

from fleets.storage.encryption import EncryptedTextField
from fleets.storage.ids import new_public_id
from fleets.storage.whys import WhyField
from protocol.why import Why


def new_webhook_secret() -> str:
    return secrets.token_urlsafe(32)


class Credentials(models.Model):
    """Where the manufacturer's cloud is, what proves to it who we are, and what we trust and go through on the way.

    `certificate` (PEM: ours first, then its chain) and `private_key` (PEM) are shown in the TLS handshake. `ca_bundle`
    (PEM) takes the place of the usual certificate authorities; `proxy` is a URL, which may hold user and password.
    v3 takes `username` and `password`. v1 takes a token from `token_url`, which is asked for with `client_secret` where
    one is set, and for these `scopes` (spaces between them; empty: all that FleetRemote can use).
    """

    class Dialect(models.TextChoices):
        V3 = "v3", "Fleet Owner API v3"
        V1 = "v1", "Connected Car API v1"

    dialect = models.CharField(max_length=2, choices=Dialect, default=Dialect.V3)
    base_url = models.URLField(
        max_length=500, help_text="Up to and with the version, such as https://…/connectedcar/v3"
    )
    client_id = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=200, blank=True)
    password = EncryptedTextField(blank=True)
    certificate = models.TextField(blank=True)
    private_key = EncryptedTextField(blank=True)
    ca_bundle = models.TextField(blank=True)
    proxy = EncryptedTextField(blank=True)
    token_url = models.URLField(max_length=500, blank=True)
    client_secret = EncryptedTextField(blank=True)
    scopes = models.TextField(blank=True)

    class Meta:
        abstract = True


# Its fields: the cloud's place, which is never hidden, and the rest.
PLACE = ("dialect", "base_url")
CREDENTIALS = tuple(field.name for field in Credentials._meta.local_fields if field.name not in PLACE)


class Gateway(Credentials):
    """One account at one of the manufacturer's APIs, with the credentials that are in use.

    `is_simulated`: its cloud is a simulator, which may be reached without TLS. `takes_all_fleets`: a sync takes over
    fleets that are new upstream, too.
    """

    name = models.CharField(max_length=100, unique=True)
    is_simulated = models.BooleanField(default=False)
    takes_all_fleets = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="gateway_dialect_known", condition=Q(dialect__in=["v3", "v1"])),
        ]

    def __str__(self) -> str:
        return self.name


class FormerCredentials(Credentials):
    """What the gateway had before: while both sets are valid, these can be taken back."""

    gateway = models.OneToOneField(Gateway, on_delete=models.CASCADE, related_name="former")
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "former credentials"

    def __str__(self) -> str:
        return f"the former credentials of {self.gateway}"


class AccessToken(models.Model):
    """The token that a gateway's account has, for all workers, and what became of the last try to get another one.

    `used_for` says for which credentials it was given (a digest): with others it is not used. Times are the database's.
    A worker that asks for another one holds the lease until `lease_until`, under `claim_id`. `failures` tries have
    failed one after the other, from `failing_since` on, the last at `failed_at`, because of `failure`.
    """

    gateway = models.OneToOneField(Gateway, on_delete=models.CASCADE, related_name="access_token", primary_key=True)
    value = EncryptedTextField(blank=True)
    scopes = models.JSONField(default=list)
    used_for = models.CharField(max_length=64, blank=True)
    obtained_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    claim_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = WhyField()

    def __str__(self) -> str:
        return f"the token of {self.gateway}"


class UpstreamFleet(models.Model):
    """A fleet as one gateway knows it, with the callback that we have registered there.

    Upstream posts to …/webhook/`webhook_id`/`path_secret`, with `webhook_secret` in the Authorization header: either
    of the secrets shows that it is upstream. `callback_target` is the address that was registered, without its secret;
    when ours is another one now, the callback is registered anew. `callback_types` are the v3 types that upstream has
    taken for it; `types_refused_at` is when it last refused one that is not published. `callback_failure` is why a
    check failed last, at `callback_failed_at`. `gone_at`: since then the gateway no longer lists the fleet.

    The list of its vehicles' states was asked for last from `states_from` on; `states_next` is the place in it where
    this goes on, null when it is over. Until `states_singly_until` the list is not asked for at all.
    """

    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.PROTECT, related_name="upstream_fleets")
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="upstream_fleets")
    upstream_id = models.CharField(max_length=200)
    webhook_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    webhook_secret = EncryptedTextField(default=new_webhook_secret, editable=False)
    path_secret = EncryptedTextField(default=new_webhook_secret, editable=False)
    callback_id = models.CharField(max_length=200, blank=True)
    callback_target = models.CharField(max_length=2000, blank=True)
    callback_types = models.JSONField(default=list, blank=True)
    callback_registered_at = models.DateTimeField(null=True, blank=True)
    callback_checked_at = models.DateTimeField(null=True, blank=True)
    callback_failed_at = models.DateTimeField(null=True, blank=True)
    callback_failure = WhyField()
    types_refused_at = models.DateTimeField(null=True, blank=True, editable=False)
    states_from = models.DateTimeField(null=True, blank=True)
    states_next = models.PositiveIntegerField(null=True, blank=True)
    states_singly_until = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "upstream_id"], name="upstream_fleet_once_a_gateway"),
            models.UniqueConstraint(fields=["fleet", "gateway"], name="fleet_once_a_gateway"),
        ]

    def __str__(self) -> str:
        return f"{self.fleet} at {self.gateway}"

    @property
    def callback_problem(self) -> Why | None:
        """Why the last check of our callback failed; None where it went well. CALLBACK_FAILED is the same in SQL."""
        failed = self.callback_failed_at is not None and self.callback_failed_at == self.callback_checked_at
        return self.callback_failure if failed else None

    @property
    def callback_error(self) -> str:
        """The same in English; empty where it went well."""
        return str(self.callback_problem or "")


CALLBACK_FAILED = Q(callback_failed_at=F("callback_checked_at"))


class FormerSecrets(models.Model):
    """Secrets of our webhook that were replaced and are still good, until `good_until`.

    That is null while upstream has not been registered with those that replace them.
    """

    upstream_fleet = models.ForeignKey(UpstreamFleet, on_delete=models.CASCADE, related_name="former_secrets")
    webhook_secret = EncryptedTextField()
    path_secret = EncryptedTextField()
    replaced_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Secrets of {self.upstream_fleet_id} until {self.replaced_at:%Y-%m-%d %H:%M:%S}"
