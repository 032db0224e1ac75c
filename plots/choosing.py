"""What a person asks of a figure: which one, of what time, of which actions; kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from console.forms.filter_fields import ANY
from protocol.catalogue import REMOTE_TYPES
from remotes.rollups.bins import Bin, day_bin, days, hour_bin, hours, midnight
from remotes.rollups.sweep import DAYS_KEPT, HOURS_KEPT
from remotes.words.titles import title_of

QUESTIONS = {
    "actions": _("When do actions fail?"),
    "causes": _("Why do actions fail?"),
    "times": _("How long until it is done?"),
    "wake-ups": _("Do this month's wake-ups last?"),
    "charge": _("How full are batteries and tanks?"),
    "deliveries": _("Do notifications get through?"),
}
OF_ALL = frozenset({"wake-ups", "deliveries"})
"""Of the whole fleet, as the pages that they lead to."""
WITHOUT_SPAN = frozenset({"wake-ups"})
WITHOUT_TYPE = frozenset({"charge", "deliveries"})
WITHOUT_MODEL = frozenset({"deliveries"})

SPANS = {"24h": _("24 hours"), "7d": _("7 days"), "30d": _("30 days"), "90d": _("90 days"), "dates": _("From … to …")}
_DAYS = {"7d": 7, "30d": 30, "90d": 90}
USUAL = "7d"
# Days that are told by hours.
_BY_HOURS = timedelta(days=2, hours=2)


@dataclass(frozen=True)
class Span:
    """The hours or days that are asked for, as the fleet's clocks have them."""

    bins: Sequence[Bin]
    zone: ZoneInfo
    by_hours: bool

    @property
    def start(self) -> datetime:
        return self.bins[0].start

    @property
    def end(self) -> datetime:
        return self.bins[-1].end

    def name(self, one: Bin) -> str:
        """An hour, a day, or a week by its days; the day of an hour too, and its offset where clocks change."""
        start, last = one.start.astimezone(self.zone), (one.end - timedelta(minutes=1)).astimezone(self.zone)
        if self.by_hours:
            return f"{date_format(start, 'j M')} {start:%H:%M}{f' ({start:%Z})' if is_twice(start) else ''}"
        first = date_format(start, "D j M")
        return first if start.date() == last.date() else f"{first} – {date_format(last, 'D j M')}"


class PlotForm(forms.Form):
    """GET parameters of a figure; what can't be read is told, and the usual is shown."""

    use_required_attribute = False

    plot = forms.ChoiceField(required=False, choices=list(QUESTIONS.items()))
    span = forms.ChoiceField(required=False, label=_("Time"), choices=list(SPANS.items()))
    type = forms.ChoiceField(
        required=False,
        label=_("Kind of action"),
        choices=lambda: [ANY, *[(name, title_of(entry)) for name, entry in REMOTE_TYPES.items()]],
    )
    model = forms.CharField(required=False, max_length=100, label=_("Model"))

    def __init__(self, data: Mapping[str, Any], models: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(data, auto_id="plot_%s")
        for name, label in (("from", _("From")), ("to", _("Until and with"))):
            self.fields[name] = forms.DateField(
                required=False,
                label=label,
                widget=forms.DateInput(attrs={"type": "date"}),
                error_messages={"invalid": _("Write a date, such as 2026-11-21.")},
            )
        asked = str(self["model"].value() or "")
        offered = [*models, (asked, asked)] if asked and asked not in dict(models) else models
        self.fields["model"].widget = forms.Select(choices=[ANY, *offered])
        self.is_valid()
        given = self.cleaned_data
        if given.get("from") and given.get("to") and given["from"] > given["to"]:
            self.add_error("to", _now("This is before the first day."))

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("plot") or next(iter(QUESTIONS)))

    @property
    def length(self) -> str:
        asked = str(self.cleaned_data.get("span") or "")
        has_dates = bool(self.cleaned_data.get("from") or self.cleaned_data.get("to"))
        return "dates" if has_dates and asked in ("", "dates") else asked if asked in _DAYS or asked == "24h" else USUAL

    @property
    def fields_shown(self) -> list[forms.BoundField]:
        names = [
            *([] if self.chosen in WITHOUT_SPAN else ["span", "from", "to"]),
            *([] if self.chosen in WITHOUT_TYPE else ["type"]),
            *([] if self.chosen in WITHOUT_MODEL else ["model"]),
        ]
        return [self[name] for name in names]

    @property
    def only_type(self) -> str | None:
        return str(self.cleaned_data.get("type") or "") or None if self.chosen not in WITHOUT_TYPE else None

    @property
    def only_model(self) -> str | None:
        return str(self.cleaned_data.get("model") or "") or None if self.chosen not in WITHOUT_MODEL else None

    def bins(self, now: datetime, zone: ZoneInfo) -> Span:
        """What is asked for; days that are to come are left out."""
        if self.length == "24h":
            end = hour_bin(now, zone).end
            return Span(hours(end - timedelta(hours=24), end, zone), zone, by_hours=True)
        today = now.astimezone(zone).date()
        first, last = self._dates(today)
        start, end = midnight(first, zone), day_bin(midnight(last, zone), zone).end
        if end - start <= _BY_HOURS and start > now - HOURS_KEPT + timedelta(days=1):
            return Span(hours(start, min(end, hour_bin(now, zone).end), zone), zone, by_hours=True)
        return Span(days(start, end, zone), zone, by_hours=False)

    def _dates(self, today: date) -> tuple[date, date]:
        if self.length != "dates":
            return today - timedelta(days=_DAYS[self.length] - 1), today
        oldest = today - DAYS_KEPT + timedelta(days=1)
        last = min(self.cleaned_data.get("to") or today, today)
        first = self.cleaned_data.get("from") or last - timedelta(days=6)
        last = max(last, oldest)
        return min(max(first, oldest), last), last

    def address(self, **more: str) -> str:
        """The query string for what is asked for, with some of it changed; nothing empty, nothing usual."""
        given = {name: str(value) for name, value in self.cleaned_data.items() if value} | more
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in given.items() if value and (name, value) != ("span", USUAL)})
        return query.urlencode()


def is_twice(local: datetime) -> bool:
    """Whether the clocks show this time, which they do show, twice on that day."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def moment(at: datetime, zone: ZoneInfo) -> str:
    """As the lists read it: by the fleet's clocks, with the offset where they show it twice."""
    local = at.astimezone(zone)
    return local.isoformat(timespec="minutes") if is_twice(local) else f"{local:%Y-%m-%dT%H:%M}"
