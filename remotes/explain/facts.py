"""What is known about a failed action and its vehicle, gathered once for all that looks for likely reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from fleets.models import AuditEntry, Vehicle
from fleets.storage import clock
from fleets.vehicles.dates import said_at
from fleets.vehicles.state import dig
from protocol.catalogue import REMOTE_TYPES
from remotes.checks.wake_ledger import heard_at, month_of
from remotes.models import FleetRules, RemoteAction, WakeUp

# So many actions before and after the one that failed are looked at.
AROUND = 50

# What the vehicle reports so soon after a failure still tells how it was.
SLACK = timedelta(minutes=10)


@dataclass(frozen=True)
class Facts:
    """`at` is when the action failed. `earlier` are the vehicle's actions before it, newest first; `later` those after.

    `wakings`: how often the vehicle was woken in the month of the failure, by the catalogue name of the remote type.
    `http_status`: what the manufacturer's cloud answered when the action was sent, None where that is not known;
    `answered` are its words where it was not taken.
    """

    action: RemoteAction
    vehicle: Vehicle
    at: datetime
    heard_at: datetime | None
    earlier: Sequence[RemoteAction]
    later: Sequence[RemoteAction]
    wakings: dict[str, int]
    rules: FleetRules
    http_status: int | None
    answered: str

    @property
    def state(self) -> Any:
        return self.vehicle.state

    def measured_at(self, *path: str) -> datetime | None:
        """When the vehicle told the part of its state; None where nobody knows."""
        return said_at(dig(self.state, *path))

    def is_of_then(self, measured_at: datetime | None) -> bool:
        """Whether a report tells how the vehicle was when the action failed, and not only how it was afterwards."""
        return measured_at is not None and measured_at <= self.at + SLACK


def gather(action: RemoteAction, vehicle: Vehicle, rules: FleetRules) -> Facts:
    """Five queries, however much there is."""
    at = action.finished_at or action.sent_at or clock.now()
    heard = [moment for moment in (vehicle.heard_at, heard_at(vehicle)) if moment]
    http_status, answered = _answer(action)
    others = vehicle.remote_actions.select_related("user", "api_client").defer("extra")
    return Facts(
        action=action,
        vehicle=vehicle,
        at=at,
        heard_at=max(heard, default=None),
        earlier=_known(others.filter(pk__lt=action.pk).order_by("-pk")),
        later=_known(others.filter(pk__gt=action.pk).order_by("pk")),
        wakings=_wakings(vehicle, at),
        rules=rules,
        http_status=http_status,
        answered=answered,
    )


def _known(actions: QuerySet[RemoteAction]) -> list[RemoteAction]:
    return [action for action in actions[:AROUND] if action.remote_type in REMOTE_TYPES]


def _wakings(vehicle: Vehicle, at: datetime) -> dict[str, int]:
    woken = WakeUp.objects.filter(vehicle=vehicle, at__gte=month_of(at), at__lte=at).order_by()
    return dict(woken.values_list("action__remote_type").annotate(Count("pk")))


def _answer(action: RemoteAction) -> tuple[int | None, str]:
    """Status and words of the answer to the last sending, as the audit has them."""
    answers = AuditEntry.objects.filter(
        subject=action.public_id, kind=AuditEntry.Kind.ANSWERED, document__purpose="send"
    )
    row = answers.order_by("-pk").values_list("document__status", "document__said").first()
    status, said = row or (None, None)
    return status if isinstance(status, int) else None, said if isinstance(said, str) else ""
