"""What is known of our callbacks at a gateway: when each was registered, checked and used, and what went wrong."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Q, Subquery

from fleets.models import FormerSecrets, UpstreamFleet
from protocol.why import AS_WRITTEN, Why
from remotes.intake.refused import Refusal, refused_at
from remotes.models import InboundRequest
from remotes.registration.registration import is_registered


@dataclass(frozen=True)
class Failure:
    """When something went wrong, and why, as far as that is known."""

    at: datetime
    why: Why | None = None


@dataclass(frozen=True)
class Registration:
    """Our callback for one fleet. `target` is the address that upstream has, its secret masked.

    `is_registered`: upstream has the address and the secrets that are ours now. `failed` is the last check that failed,
    over when `checked_at` is later; `unreadable` the last notification of which something could not be read; `refused`
    when somebody last posted without a secret of ours; `too_large` when one was last refused for its size. Former
    secrets are good until `former_until`, and for as long as upstream is not registered with the new ones where
    `former_wait`.
    """

    upstream: UpstreamFleet
    callback_id: str
    target: str
    types: tuple[str, ...]
    is_registered: bool
    registered_at: datetime | None
    checked_at: datetime | None
    failed: Failure | None
    last_notification_at: datetime | None
    unreadable: Failure | None
    refused: datetime | None
    too_large: datetime | None
    former_until: datetime | None
    former_wait: bool

    @property
    def is_failing(self) -> bool:
        """Whether the last check failed."""
        return self.failed is not None and self.failed.at == self.checked_at


def registrations(gateway_id: int) -> list[Registration]:
    """One for each fleet of ours that the gateway lists, by name. One statement, and two looks at Redis."""
    requests = InboundRequest.objects.filter(upstream_fleet=OuterRef("pk")).order_by("-id")
    unreadable = requests.filter(outcome=InboundRequest.Outcome.QUARANTINED)
    former = FormerSecrets.objects.filter(upstream_fleet=OuterRef("pk")).order_by().values("upstream_fleet")
    rows = list(
        UpstreamFleet.objects.filter(gateway=gateway_id, gone_at__isnull=True)
        .select_related("fleet", "gateway")
        .annotate(
            notified_at=Subquery(requests.values("received_at")[:1]),
            unreadable_at=Subquery(unreadable.values("received_at")[:1]),
            unreadable_reason=Subquery(unreadable.values("reason")[:1]),
            former_until=Subquery(former.annotate(last=Max("good_until")).values("last")),
            former_waits=Subquery(
                former.filter(Q(good_until__isnull=True)).annotate(last=Max("replaced_at")).values("last")
            ),
        )
        .order_by("fleet__name", "pk")
    )
    ids = [row.pk for row in rows]
    refused, too_large = refused_at(ids), refused_at(ids, Refusal.TOO_LARGE)
    return [_registration(row, refused.get(row.pk), too_large.get(row.pk)) for row in rows]


def _registration(row: UpstreamFleet, refused: datetime | None, too_large: datetime | None) -> Registration:
    # The annotations of the query above.
    told = vars(row)
    return Registration(
        upstream=row,
        callback_id=row.callback_id,
        target=row.callback_target,
        types=tuple(row.callback_types),
        is_registered=is_registered(row),
        registered_at=row.callback_registered_at,
        checked_at=row.callback_checked_at,
        failed=Failure(row.callback_failed_at, row.callback_failure) if row.callback_failed_at else None,
        last_notification_at=told["notified_at"],
        unreadable=Failure(told["unreadable_at"], Why(AS_WRITTEN, text=told["unreadable_reason"]))
        if told["unreadable_at"]
        else None,
        refused=refused,
        too_large=too_large,
        former_until=told["former_until"],
        former_wait=told["former_waits"] is not None,
    )
