"""How full a fleet's batteries and tanks are: now, step by step, and as it was."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext, ngettext

from fleets.access import seen_in
from fleets.models import Vehicle
from plots.asked import Asked, counted_point, whole
from plots.choosing import Span
from plots.figure import Figure, Point, Series, Todo
from remotes.rollups.charge import STEP, STEPS, levels_at, levels_now

# What is low enough to see to it, in steps.
_LOW = 2
# The same in words for what was: from step to before step.
_BANDS = ((0, 2, "low"), (2, 5, "fair"), (5, 8, "much"), (8, 10, "full"), (10, 11, "unknown"))


def now(asked: Asked) -> Figure:
    """How many vehicles are in each step now; each leads to these vehicles."""
    vehicles = Vehicle.objects.filter(fleet=asked.fleet) if not asked.is_narrowed else seen_in(asked.fleet)
    vehicles = vehicles.filter(gone_at__isnull=True)
    model = asked.form.only_model
    numbers = levels_now(vehicles if model is None else vehicles.filter(model=model))
    points = [counted_point(number, _vehicles, asked, step, step + 1) for step, number in enumerate(numbers)]
    low, todo = sum(numbers[:_LOW]), None
    if low:
        words = ngettext("%(number)s vehicle is below 20 %%.", "%(number)s vehicles are below 20 %%.", low)
        todo = Todo(words % {"number": whole(low)}, _vehicles(asked, 0, _LOW), gettext("See them, and charge them"))
    names = [_step(step) for step in range(STEPS)]
    return Figure(
        gettext("Charge or fuel"),
        [*names, gettext("Not known")],
        [Series(gettext("Vehicles"), "now", points)],
        gettext("Vehicles"),
        gettext("No vehicle of these is known. Once the fleet has some and their state was read, they stand here."),
        todo=todo,
    )


def over_time(asked: Asked) -> Figure:
    """How it was at each of the hours, or at noon of each of the days, that are asked for."""
    span = asked.span
    moments = [_sampled(span, at) for at in range(len(span.bins))]
    found = levels_at(asked.fleet.pk, moments, asked.form.only_model)
    kept = [(name, found[at]) for name, at in zip(map(span.name, span.bins), moments, strict=True) if at in found]
    series = [
        Series(_band(first, after), kind, [Point(number, whole(number)) for number in _sums(kept, first, after)])
        for first, after, kind in _BANDS
    ]
    return Figure(
        gettext("Hour") if span.by_hours else gettext("Day"),
        [name for name, _ in kept],
        series,
        gettext("Vehicles"),
        gettext("Nothing was noted in this time. It is noted every hour; days stand here as they were at noon."),
        notes=[gettext("What was, leads to no list: lists show how vehicles are now.")],
    )


def _sampled(span: Span, index: int) -> datetime:
    """The full hour that stands for a bin."""
    one = span.bins[index]
    if span.by_hours:
        return one.start.replace(minute=0)
    return (one.start + (one.end - one.start) / 2).replace(minute=0)


def _sums(kept: Sequence[tuple[str, list[int]]], first: int, after: int) -> list[int]:
    return [sum(numbers[first:after]) for _, numbers in kept]


def _step(step: int) -> str:
    last = 100 if step == STEPS - 1 else STEP * (step + 1) - 1
    return f"{STEP * step}–{last} %"


def _band(first: int, after: int) -> str:
    if first >= STEPS:
        return gettext("Not known")
    return f"{STEP * first}–{100 if after == STEPS else STEP * after - 1} %"


def _vehicles(asked: Asked, first: int, after: int) -> str:
    """The list of those from this step to before that one."""
    given: dict[str, str | None] = {"listed": "yes", "model": asked.form.only_model}
    if first >= STEPS:
        given["level"] = "unknown"
    else:
        given["above"] = str(STEP * first) if first else None
        given["below"] = str(STEP * after) if after < STEPS else None
    if first == 0:
        given["sort"] = "level"
    return asked.page("vehicles", **given)
