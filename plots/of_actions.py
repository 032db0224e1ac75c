"""Figures of actions: when they fail, why, how long they take, and what wake-ups they spend."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext, ngettext

from console.callbacks.words import span_words
from fleets.models import Vehicle
from plots.asked import Asked, counted_point, whole
from plots.choosing import Span
from plots.figure import Figure, Line, Point, Series, Todo
from protocol.catalogue import REMOTE_TYPES
from remotes.checks.wake_ledger import forecast
from remotes.counts.conditions import Standing, reason_words
from remotes.counts.tally import ENDED
from remotes.rollups.bins import Bin, days, midnight, place, weeks
from remotes.rollups.counting import Cell
from remotes.rollups.histogram import Buckets, add, percentile
from remotes.rollups.reading import Counted, counted
from remotes.words.titles import title_of

# Days beyond which causes are told by weeks, and actions too.
_CAUSES_BY_DAYS, _BY_DAYS = 14, 31
# Causes that have a colour of their own.
_COLOURED = 5


def actions(asked: Asked) -> tuple[Figure, Counted]:
    """When what ended how."""
    span, found = _found(asked)
    bins = _grouped(span, _BY_DAYS)
    numbers = Counter[tuple[int, str]]()
    for cell in found.cells:
        numbers[_index(cell, bins), cell.outcome] += cell.number
    seen = {outcome for (_, outcome), number in numbers.items() if number}
    series = [
        Series(
            str(outcome.label),
            str(outcome),
            [counted_point(numbers[at, outcome], asked.actions, one, outcome=outcome) for at, one in enumerate(bins)],
        )
        for outcome in ENDED
        if outcome in seen or outcome in (Standing.SUCCEEDED, Standing.FAILED)
    ]
    failed = sum(number for (_, outcome), number in numbers.items() if outcome == Standing.FAILED)
    todo = None
    if failed:
        shown = ngettext("%(number)s action has failed.", "%(number)s actions have failed.", failed)
        todo = Todo(
            shown % {"number": whole(failed)},
            asked.page("plots", **_same(asked, "causes")),
            gettext("See why they failed"),
        )
    empty = gettext("No action has ended in this time. As soon as one does, it stands here.")
    return Figure(_of(span), _names(span, bins), series, gettext("Actions"), empty, todo=todo), found


def causes(asked: Asked) -> tuple[Figure, Counted]:
    """Why what failed, by weeks."""
    span, found = _found(asked)
    bins = _grouped(span, _CAUSES_BY_DAYS)
    numbers, totals = Counter[tuple[int, str]](), Counter[str]()
    for cell in found.cells:
        if cell.outcome == Standing.FAILED:
            numbers[_index(cell, bins), cell.reason] += cell.number
            totals[cell.reason] += cell.number
    ordered = sorted(totals, key=lambda reason: (-totals[reason], reason))
    series = [
        Series(
            reason_words(reason),
            f"cause-{rank}" if rank < _COLOURED else "cause-rest",
            [
                counted_point(numbers[at, reason], asked.actions, one, outcome=Standing.FAILED, cause=reason)
                for at, one in enumerate(bins)
            ],
        )
        for rank, reason in enumerate(ordered)
    ]
    todo = None
    if ordered:
        path = asked.actions(Bin(span.start, span.end), outcome=Standing.FAILED, cause=ordered[0])
        words = gettext("Most often: %(cause)s") % {"cause": reason_words(ordered[0])}
        todo = Todo(words, path, gettext("See these actions"))
    empty = gettext("No action has failed in this time.")
    return Figure(_of(span), _names(span, bins), series, gettext("Failed actions"), empty, todo=todo), found


def times(asked: Asked) -> tuple[Figure, Counted]:
    """How long each type takes from asking to success."""
    span = asked.span
    found = counted(asked.selection, span.bins, span.zone, by_type=True)
    of_type: dict[str, list[Buckets]] = {}
    for cell in found.cells:
        if cell.times:
            of_type.setdefault(cell.remote_type or "", []).append(cell.times)
    rows = [(remote_type, add(mine)) for remote_type, mine in of_type.items()]
    rows.sort(key=lambda row: (-(percentile(row[1], 0.95) or 0), row[0]))
    whole_span = Bin(span.start, span.end)
    paths = [asked.actions(whole_span, outcome=Standing.SUCCEEDED, type=name) for name, _ in rows]
    series = [
        Series(title, kind, [_time(percentile(row[1], share), path) for row, path in zip(rows, paths, strict=True)])
        for title, kind, share in (
            (gettext("Half of them within"), "half", 0.5),
            (gettext("95 % within"), "most", 0.95),
        )
    ]
    numbers = [
        Point(total := sum(buckets.values()), whole(total), path)
        for (_, buckets), path in zip(rows, paths, strict=True)
    ]
    series.append(Series(gettext("Succeeded"), "", numbers, drawn=False))
    titles = [title_of(REMOTE_TYPES[name]) if name in REMOTE_TYPES else name for name, _ in rows]
    todo = None
    if rows:
        words = gettext("The slowest: %(what)s") % {"what": titles[0]}
        todo = Todo(words, paths[0], gettext("See these actions"))
    notes = [gettext("From asking to success, with the wait for a second person. Times are right to 5 %.")]
    empty = gettext("No action has succeeded in this time. As soon as one does, its time stands here.")
    return (
        Figure(gettext("Kind of action"), titles, series, gettext("Time"), empty, lying=True, todo=todo, notes=notes),
        found,
    )


def wake_ups(asked: Asked) -> tuple[Figure, Counted]:
    """How many vehicles were woken up this month so far, against what the month has."""
    zone = asked.zone
    now = asked.now.astimezone(zone)
    month = midnight(now.date().replace(day=1), zone)
    bins = days(month, midnight((now.date().replace(day=1) + timedelta(days=32)).replace(day=1), zone), zone)
    past = [one for one in bins if one.start <= now]
    found = counted(asked.selection, past, zone, woken=True)
    each = Counter[int]()
    for cell in found.cells:
        each[_index(cell, past)] += cell.number
    so_far = [sum(each[index] for index in range(at + 1)) for at in range(len(past))]
    limit, cars = asked.rules.wake_ups_a_month, _cars(asked)
    coming = forecast(so_far[-1], now)
    lines = []
    if coming is not None:
        lines.append(Line(coming, gettext("Forecast: %(number)s") % {"number": whole(coming)}, "coming"))
    if limit is not None:
        lines.append(Line(limit * cars, gettext("Budget: %(number)s") % {"number": whole(limit * cars)}, "budget"))
    span = Span(bins, zone, by_hours=False)
    points = [
        Point(number, whole(number), asked.actions(Bin(month, one.end), woken="yes") if number else "")
        for number, one in zip(so_far, past, strict=True)
    ]
    points += [Point(None)] * (len(bins) - len(past))
    of_day = [
        counted_point(each[at], asked.actions, one, woken="yes") if at < len(past) else Point(None)
        for at, one in enumerate(bins)
    ]
    series = [
        Series(gettext("So far this month"), "woken", points),
        Series(gettext("On this day"), "", of_day, drawn=False),
    ]
    return (
        Figure(
            gettext("Day"),
            _names(span, bins),
            series,
            gettext("Wake-ups"),
            gettext("No vehicle was woken up this month. The first one that is stands here."),
            lines=lines,
            todo=_of_budget(asked, so_far[-1], coming),
            notes=[gettext("Days are the fleet's; the budget's month begins at midnight UTC.")],
        ),
        found,
    )


def _found(asked: Asked) -> tuple[Span, Counted]:
    span = asked.span
    return span, counted(asked.selection, span.bins, span.zone)


def _grouped(span: Span, most_days: int) -> list[Bin]:
    if span.by_hours or len(span.bins) <= most_days:
        return list(span.bins)
    return weeks(span.bins, span.zone)


def _index(cell: Cell, bins: Sequence[Bin]) -> int:
    at = place(cell.start, bins)
    return 0 if at is None else at


def _names(span: Span, bins: Iterable[Bin]) -> list[str]:
    return [span.name(one) for one in bins]


def _of(span: Span) -> str:
    return gettext("Hour") if span.by_hours else gettext("Day")


def _same(asked: Asked, plot: str) -> dict[str, str]:
    given = {name: str(value) for name, value in asked.form.cleaned_data.items() if value}
    return {**given, "plot": plot}


def _time(seconds: float | None, path: str) -> Point:
    if seconds is None:
        return Point(None)
    return Point(seconds, rounded(seconds), path, amount=round(seconds, 2))


def rounded(seconds: float) -> str:
    """A time as people say it: two digits of it tell all that is known."""
    step = 10.0 ** max(len(str(int(seconds * 1000))) - 2, 0) / 1000
    return span_words(timedelta(seconds=round(seconds / step) * step))


def _cars(asked: Asked) -> int:
    vehicles = Vehicle.objects.filter(fleet=asked.fleet, gone_at__isnull=True)
    return (vehicles if asked.form.only_model is None else vehicles.filter(model=asked.form.only_model)).count()


def _of_budget(asked: Asked, spent: int, coming: int | None) -> Todo:
    if asked.rules.wake_ups_a_month is None:
        return Todo(
            gettext("No limit is set, so nobody can say whether they last."),
            asked.page("sending"),
            gettext("See how this fleet sends"),
        )
    if coming is None:
        words = gettext("Spent so far: %(spent)s. In the first three days of a month nothing can be foretold.")
    else:
        words = gettext("Spent so far: %(spent)s. If it goes on like this: %(coming)s by the end of the month.")
    numbers = {"spent": whole(spent), "coming": whole(coming or 0)}
    return Todo(words % numbers, asked.page("wake-ups"), gettext("Vehicles that run out of them"))
