"""What a plot reads: counts made ahead, and since then what happens to be there, so that it is up to now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from fleets.storage import clock
from remotes.counts.conditions import Standing
from remotes.models import ActionCount, AttemptCount, CountState
from remotes.rollups.bins import Bin, day_bin
from remotes.rollups.counting import WOKEN, Cell, Selection, count_live
from remotes.rollups.deliveries import Tries, tries_live

_Length = ActionCount.Length


@dataclass(frozen=True)
class Counted:
    """What was counted, from `since` (None: all that was asked for) up to `until`.

    `too_much`: for somebody who sees some vehicles only there was more than a page counts.
    """

    cells: list[Cell]
    until: datetime
    since: datetime | None = None
    too_much: bool = False


def counted(
    selection: Selection, bins: Sequence[Bin], zone: ZoneInfo, *, by_type: bool = False, woken: bool = False
) -> Counted:
    """What ended in these days or hours, up to three statements; with `woken` what was woken up.

    `by_type` has the types apart and their times, of what succeeded.
    """
    now = clock.now()
    if selection.vehicles is not None:
        cells = count_live(selection, bins, by_type=by_type, woken=woken)
        return Counted(cells or [], now, too_much=cells is None)
    state = CountState.objects.filter(pk=selection.fleet_id).first()
    if state is None or state.zone != zone.key:
        cells = count_live(selection, bins, by_type=by_type, woken=woken)
        return Counted(cells or [], now, since=now if cells is None else None)
    found = _kept(selection, bins, zone, state, by_type=by_type, woken=woken)
    since = state.since if state.since > bins[0].start else None
    if since is not None and not _has_before(selection, since):
        since = None
    open_bins = _after(bins, state.until)
    if not open_bins:
        return Counted(found, now, since)
    cells = count_live(selection, open_bins, by_type=by_type, woken=woken)
    return Counted(found + (cells or []), state.until if cells is None else now, since)


def tries(callbacks: Sequence[int], fleet_id: int, bins: Sequence[Bin], zone: ZoneInfo) -> list[Tries]:
    """How delivering to these went in these days or hours: three statements."""
    state = CountState.objects.filter(pk=fleet_id).first()
    if state is None or state.zone != zone.key:
        return tries_live(callbacks, bins)
    rows = AttemptCount.objects.filter(_within(bins, zone, state), callback__in=callbacks)
    found = [Tries(*row) for row in rows.values_list("callback_id", "start", "succeeded", "number", "times")]
    open_bins = _after(bins, state.until)
    return found + (tries_live(callbacks, open_bins) if open_bins else [])


def _kept(
    selection: Selection, bins: Sequence[Bin], zone: ZoneInfo, state: CountState, *, by_type: bool, woken: bool
) -> list[Cell]:
    rows = ActionCount.objects.filter(_within(bins, zone, state), fleet=selection.fleet_id)
    rows = rows.filter(model=selection.model) if selection.model is not None else rows.filter(model__isnull=True)
    if selection.remote_type is not None:
        rows = rows.filter(remote_type=selection.remote_type)
    else:
        rows = rows.filter(remote_type__isnull=not by_type)
    fields = ["start", "remote_type", "outcome", "reason", "number"]
    if by_type:
        # Times are long, and only of what succeeded.
        return [Cell(*row) for row in rows.filter(outcome=Standing.SUCCEEDED).values_list(*fields, "times")]
    rows = rows.filter(outcome=WOKEN) if woken else rows.exclude(outcome=WOKEN)
    return [Cell(*row) for row in rows.values_list(*fields)]


def _within(bins: Sequence[Bin], zone: ZoneInfo, state: CountState) -> Q:
    """Rows of days where the bins are days that are over, else of hours; none twice."""
    if bins[0] != day_bin(bins[0].start, zone):
        return Q(length=_Length.HOUR, start__gte=bins[0].start, start__lt=min(bins[-1].end, state.until))
    today = day_bin(state.until, zone).start
    whole_days = Q(length=_Length.DAY, start__gte=bins[0].start, start__lt=min(bins[-1].end, today))
    return whole_days | Q(
        length=_Length.HOUR, start__gte=max(bins[0].start, today), start__lt=min(bins[-1].end, state.until)
    )


def _after(bins: Iterable[Bin], until: datetime) -> list[Bin]:
    """What of the bins is not counted ahead."""
    return [Bin(max(one.start, until), one.end) for one in bins if one.end > until]


def _has_before(selection: Selection, since: datetime) -> bool:
    """Whether anything is left to be counted that ended before."""
    return selection.ended(datetime.min.replace(tzinfo=since.tzinfo, year=2000), since).exists()
