"""The vehicles of a fleet whose wake-ups of the month are spent but for the reserve, or will be before it is over."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from fleets.models import Fleet, Vehicle
from remotes.checks.wake_ledger import Budget, forecast, month_of
from remotes.counts.counting import CAP, Number, capped
from remotes.models import FleetRules, WakeUp

# The overview names so many.
NAMED = 5


@dataclass(frozen=True)
class Waking:
    """A vehicle and how its budget stands."""

    vehicle: Vehicle
    budget: Budget


@dataclass(frozen=True)
class Wakings:
    """The first of them, the most woken one first, and how many there are. `limit` is None while nobody knows it."""

    limit: int | None
    reserve: int
    rows: list[Waking]
    number: Number


def wakings_of(fleet: Fleet, rules: FleetRules, now: datetime, most: int = NAMED) -> Wakings:
    """Two statements; none while no limit is known."""
    if rules.wake_ups_a_month is None:
        return Wakings(None, rules.wake_reserve, [], Number(0))
    found = list(_spent(fleet, rules, now)[: CAP + 1])
    shown = dict(found[:most])
    vehicles = Vehicle.objects.filter(pk__in=shown).defer("state", "capability_document", "capabilities")
    rows = [Waking(vehicle, _budget(rules, shown[vehicle.pk], now)) for vehicle in vehicles]
    rows.sort(key=lambda row: (-row.budget.spent, row.vehicle.sort_name))
    return Wakings(rules.wake_ups_a_month, rules.wake_reserve, rows, capped(len(found)))


def threshold(rules: FleetRules, now: datetime) -> int:
    """The fewest wake-ups by which a vehicle's budget counts as running out on this day."""
    spent = max(1, (rules.wake_ups_a_month or 0) - rules.wake_reserve)
    while spent > 1 and _budget(rules, spent - 1, now).runs_out:
        spent -= 1
    return spent


def _spent(fleet: Fleet, rules: FleetRules, now: datetime) -> QuerySet[WakeUp, tuple[int, int]]:
    """Vehicles by their keys, with how often they were woken this month."""
    woken = WakeUp.objects.filter(vehicle__fleet=fleet, at__gte=month_of(now)).values("vehicle_id")
    numbers = woken.annotate(number=Count("pk")).filter(number__gte=threshold(rules, now))
    return numbers.order_by("-number", "vehicle_id").values_list("vehicle_id", "number")


def _budget(rules: FleetRules, spent: int, now: datetime) -> Budget:
    return Budget(rules.wake_ups_a_month, spent, rules.wake_reserve, forecast(spent, now))
