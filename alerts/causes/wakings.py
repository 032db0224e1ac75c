"""Alerts about vehicles whose wake-ups of the month are spent but for the reserve (remotes/checks/wake_ledger.py)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from alerts.causes.marks import new_rows
from alerts.raising import clear_alert, raise_alert
from fleets.models import Vehicle
from remotes.checks.wake_ledger import Budget, month_of
from remotes.models import Alert, FleetRules, WakeUp

Kind = Alert.Kind


def look(now: datetime) -> None:
    """Raise for vehicles that were woken since the last look; clear where the month or the fleet's rules are new."""
    with transaction.atomic():
        woken = new_rows("wake-ups", WakeUp).values_list("vehicle_id", flat=True)
        for vehicle in _with_spent(now).filter(pk__in=set(woken)).exclude(public_id__in=_told_of()):
            found = _budget(vehicle)
            if found.reserve_reached:
                raise_alert(Kind.WAKE_UPS, vehicle.fleet_id, vehicle.public_id, _words(vehicle, found), vehicle=vehicle)
    for vehicle in _with_spent(now).filter(public_id__in=_told_of()):
        if not _budget(vehicle).reserve_reached:
            words = f"{vehicle} can be woken up again for any remote action."
            clear_alert(Kind.WAKE_UPS, vehicle.fleet_id, vehicle.public_id, words)


def _told_of() -> QuerySet[Alert, str]:
    """The public ids of the vehicles with an open alert."""
    return Alert.objects.filter(kind=Kind.WAKE_UPS, cleared_at__isnull=True).values_list("key", flat=True)


def _with_spent(now: datetime) -> QuerySet[Any]:
    """Vehicles with their fleet's rules, and `spent`: how often they were woken this month."""
    spent = Count("wake_ups", filter=Q(wake_ups__at__gte=month_of(now)))
    return Vehicle.objects.annotate(spent=spent).select_related("fleet__rules")


def _budget(vehicle: Any) -> Budget:
    rules: FleetRules = getattr(vehicle.fleet, "rules", None) or FleetRules(fleet_id=vehicle.fleet_id)
    return Budget(rules.wake_ups_a_month, vehicle.spent, rules.wake_reserve, None)


def _words(vehicle: Vehicle, found: Budget) -> str:
    return (
        f"{found.spent} of the {found.limit} wake-ups that {vehicle} has in this month are spent. "
        f"A reserve of {found.reserve} is kept for locking, immobilising, finding and theft; anything else is refused "
        "while the vehicle sleeps."
    )
