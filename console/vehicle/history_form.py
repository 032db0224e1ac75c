"""What a person asks of a vehicle's history: which actions, and from where on."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from console.forms.filter_fields import ANY, choice
from protocol.catalogue import REMOTE_TYPES
from remotes.finding.actions import ALL, Filter, HistoryPlace
from remotes.words.outcomes import Outcome
from remotes.words.statuses import ORIGINS
from remotes.words.titles import title_of

_GREATEST_ID = 2**63 - 1
_DAY = timedelta(days=1)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter a day such as 2026-11-21.")},
    )


def _key() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=_GREATEST_ID)


class HistoryForm(forms.Form):
    """GET parameters of the history. A filter that is wrong narrows nothing; a broken place is the newest page."""

    use_required_attribute = False

    outcome = choice(_("Outcome"), Outcome.choices)
    feature = forms.ChoiceField(
        label=_("Command"),
        required=False,
        choices=lambda: [ANY, *((name, title_of(entry)) for name, entry in REMOTE_TYPES.items())],
        error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
    )
    who = forms.CharField(
        label=_("Asked for by"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("At most %(limit_value)d characters.")},
    )
    origin = choice(_("From where"), list(ORIGINS.items()))
    since = _day(_("From day"))
    until = _day(_("To day"))
    before, after = _key(), _key()
    action = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, auto_id="history_%s")
        self.is_valid()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return cleaned

    @property
    def fields_shown(self) -> list[BoundField]:
        return [self[name] for name in ("outcome", "feature", "who", "origin", "since", "until")]

    @property
    def filter(self) -> Filter:
        values = self.cleaned_data
        zone = get_current_timezone()
        return Filter(
            outcome=values.get("outcome") or "",
            remote_type=values.get("feature") or "",
            who=values.get("who") or "",
            origin=values.get("origin") or "",
            since=_midnight(values.get("since"), zone),
            until=_midnight(_next(values.get("until")), zone),
        )

    @property
    def place(self) -> HistoryPlace:
        values = self.cleaned_data
        return HistoryPlace(values.get("before"), values.get("after"), values.get("action") or "")

    @property
    def narrows(self) -> bool:
        return self.filter != ALL

    @property
    def said(self) -> list[tuple[str, str]]:
        """What narrows the history: each field that does, and its value in words."""
        fields = (field for field in self.fields_shown if self.cleaned_data.get(field.name))
        return [(str(field.label), _value_words(field, self.cleaned_data[field.name])) for field in fields]

    @property
    def query(self) -> str:
        """The filter as it stands in an address, without the place."""
        given = {name: self.data[name] for name in _FILTERS if self.data.get(name) and name not in self.errors}
        return urlencode(given)

    @property
    def address(self) -> str:
        """The filter and the place."""
        place = {name: self.data[name] for name in _PLACES if self.cleaned_data.get(name)}
        return "&".join(filter(None, [self.query, urlencode(place)]))


_FILTERS = ("outcome", "feature", "who", "origin", "since", "until")
_PLACES = ("before", "after", "action")


def _value_words(field: BoundField, value: Any) -> str:
    if isinstance(field.field, forms.ChoiceField):
        return str(dict(field.field.choices)[value])  # type: ignore[arg-type]
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def _next(day: date | None) -> date | None:
    return day + _DAY if day and day < date.max else None


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    """The beginning of a day by the clocks of a zone."""
    return datetime.combine(day, time(), zone) if day else None
