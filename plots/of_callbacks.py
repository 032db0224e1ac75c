"""How delivering to each callback of a fleet goes: how many tries got through, and how soon they were answered."""

from django.utils.translation import gettext

from callbacks.models import Callback
from console.callbacks.pages import callbacks_of
from console.templatetags.deliveries import percent
from plots.asked import Asked, counted_point
from plots.choosing import moment
from plots.figure import Figure, Point, Series, Todo
from plots.of_actions import rounded
from remotes.rollups.histogram import add, percentile
from remotes.rollups.reading import tries

# So many fit a figure; the list of callbacks has them all.
_MOST = 30


def deliveries(asked: Asked) -> Figure:
    """A row for each callback, the one with the most failures first."""
    span = asked.span
    callbacks = list(callbacks_of(asked.fleet).order_by("pk")[:200])
    found = tries([one.pk for one in callbacks], asked.fleet.pk, span.bins, span.zone)
    rows = []
    for callback in callbacks:
        mine = [one for one in found if one.callback_id == callback.pk]
        good, bad = (sum(one.number for one in mine if one.succeeded is ok) for ok in (True, False))
        if good or bad:
            rows.append((callback, good, bad, add(one.times for one in mine)))
    rows.sort(key=lambda row: (-row[2], -row[1], row[0].pk))
    rows = rows[:_MOST]

    def path(callback: Callback, result: str = "") -> str:
        since, until = moment(span.start, span.zone), moment(span.end, span.zone)
        given = {"result": result, "from": since, "to": until}
        return asked.page("callback-attempts", callback.public_id, **given)

    shares = [_share(good / (good + bad), path(one)) for one, good, bad, _ in rows]
    series = [
        Series(title, kind, [_time(percentile(times, share), path(one, "answered")) for one, _, _, times in rows])
        for title, kind, share in (
            (gettext("Half answered within"), "half", 0.5),
            (gettext("95 % answered within"), "most", 0.95),
        )
    ]
    series += [
        Series(gettext("Got through"), "", shares, drawn=False),
        Series(gettext("Tries"), "", [counted_point(row[1] + row[2], path, row[0]) for row in rows], drawn=False),
        Series(gettext("Failed"), "", [counted_point(row[2], path, row[0], "failed") for row in rows], drawn=False),
    ]
    todo = None
    if rows and rows[0][2]:
        words = gettext("%(name)s has the most failed tries.") % {"name": rows[0][0]}
        todo = Todo(words, path(rows[0][0], "failed"), gettext("See what was answered"))
    return Figure(
        gettext("Callback"),
        [f"{one} · {percent(good / (good + bad))}" for one, good, bad, _ in rows],
        series,
        gettext("Time"),
        gettext("Nothing was sent to a callback in this time. As soon as something is, it stands here."),
        lying=True,
        todo=todo,
        notes=[gettext("From request to answer. Times are right to 5 %. Lists go back as far as tries are kept.")],
    )


def _share(rate: float, path: str) -> Point:
    return Point(100 * rate, percent(rate), path, amount=round(100 * rate, 2))


def _time(seconds: float | None, path: str) -> Point:
    return Point(0, "–") if seconds is None else Point(seconds, rounded(seconds), path, amount=round(seconds, 3))
