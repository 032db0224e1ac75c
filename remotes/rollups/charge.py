"""How full the vehicles of a fleet are: now, and as it was at each full hour, by steps of ten per cent."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from fleets.models import Vehicle
from remotes.models import ChargeCount

STEP = 10
STEPS = 10
"""The last one holds 100 % too; behind it comes what is not known."""


def levels_now(vehicles: QuerySet[Vehicle]) -> list[int]:
    """How many of them are in each step, and of how many it is not known: one statement."""
    whens = [When(energy_level__isnull=True, then=Value(STEPS))]
    whens += [When(energy_level__lt=STEP * (step + 1), then=Value(step)) for step in range(STEPS - 1)]
    step = Case(*whens, default=Value(STEPS - 1), output_field=IntegerField())
    found = vehicles.order_by().annotate(step=step).values("step").annotate(number=Count("pk"))
    numbers = dict(found.values_list("step", "number"))
    return [numbers.get(step, 0) for step in range(STEPS + 1)]


def levels_at(fleet_id: int, moments: Iterable[datetime], model: str | None) -> dict[datetime, list[int]]:
    """The same as it was at these full hours, as far as somebody looked: one statement."""
    rows = ChargeCount.objects.filter(fleet=fleet_id, at__in=list(moments))
    found: dict[datetime, list[int]] = {}
    for at, numbers in (rows if model is None else rows.filter(model=model)).values_list("at", "numbers"):
        before = found.get(at, [0] * len(numbers))
        found[at] = [one + other for one, other in zip(before, numbers, strict=True)]
    return found


def sample(now: datetime) -> None:
    """Write down how it is, once in a full hour; a hour in which nobody does stays empty."""
    at = now.replace(minute=0, second=0, microsecond=0)
    if ChargeCount.objects.filter(at=at).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, {"at": at})


def _numbers() -> str:
    bounds = [f"energy_level >= {STEP * step} AND energy_level < {STEP * (step + 1)}" for step in range(1, STEPS - 1)]
    parts = [f"energy_level < {STEP}", *bounds, f"energy_level >= {STEP * (STEPS - 1)}", "energy_level IS NULL"]
    return ", ".join(f"count(*) FILTER (WHERE {part})" for part in parts)


_SAMPLE = f"""
INSERT INTO remotes_chargecount (fleet_id, at, model, numbers)
SELECT fleet_id, %(at)s, model, jsonb_build_array({_numbers()})
FROM fleets_vehicle WHERE gone_at IS NULL GROUP BY fleet_id, model
ON CONFLICT DO NOTHING
"""  # noqa: S608
