"""Counts tries of secrets by name, by address and by browser, in the database: a log-in needs it anyway.

A span begins with its first try. Each try is counted before the secret is looked at, so that many at once are not all
the first one; what was right is taken back. Names and addresses stand there as keyed digests only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from console.models import TryCount
from fleets.storage import clock
from fleets.storage.sql import run_prepared

_SALT = "console.entrance.limits"


@dataclass(frozen=True)
class Limit:
    """`most` tries in `span`, of each that is counted under `kind`."""

    kind: str
    most: int
    span: timedelta

    def of(self, *what: str) -> "Counted":
        digest = salted_hmac(_SALT, "\n".join((self.kind, *what)), algorithm="sha256").hexdigest()
        return Counted(self, f"{self.kind} {digest[:48]}")


@dataclass(frozen=True)
class Counted:
    limit: Limit
    key: str


@dataclass(frozen=True)
class Count:
    """How often by now, this one too, and when the span is over."""

    number: int
    most: int
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        return self.number > self.most

    @property
    def seconds(self) -> int:
        """Until the span is over, at least one."""
        return max(1, int((self.ends_at - clock.now()).total_seconds()) + 1)


def count(counted: Counted) -> Count:
    """Count one try, by itself and at once."""
    now = clock.now()
    ((number, ends_at),) = run_prepared(
        """
        INSERT INTO console_trycount AS known (counted, number, ends_at) VALUES (%(key)s, 1, %(ends_at)s)
        ON CONFLICT (counted) DO UPDATE SET
            number = CASE WHEN known.ends_at <= %(now)s THEN 1 ELSE least(known.number, 1000000) + 1 END,
            ends_at = CASE WHEN known.ends_at <= %(now)s THEN excluded.ends_at ELSE known.ends_at END
        RETURNING number, ends_at
        """,
        {"key": counted.key, "now": now, "ends_at": now + counted.limit.span},
    )
    return Count(number, counted.limit.most, ends_at)


def take_back(counted: list[Counted]) -> None:
    """Those tries were right."""
    rows = TryCount.objects.filter(counted__in=[each.key for each in counted])
    rows.update(number=Greatest(F("number") - 1, 0))


def forget(counted: Counted) -> None:
    """It begins anew."""
    TryCount.objects.filter(counted=counted.key).delete()


def site_of(network: str) -> str:
    """The /48 of a network of IPv6, of which one customer may have thousands; empty for IPv4."""
    if ":" not in network:
        return ""
    try:
        return str(ip_network(network).supernet(new_prefix=48))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """Whose tries are counted together: an IPv4 address, or the /64 that one customer has of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))
    return str(found)
