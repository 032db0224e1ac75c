"""What a person asks of the list of a fleet's actions."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from console.callbacks.forms.moments import MomentField
from console.forms.filter_fields import ANY, choice, search
from console.overview.deeds import People, people_of
from console.overview.times import SPANS
from fleets.models import Fleet
from protocol.catalogue import REMOTE_TYPES
from remotes.counts.conditions import NEEDS, Standing, reason_choices
from remotes.finding.askers import APPROVER, ASKER, Way
from remotes.words.titles import title_of

# Fields whose choices are people, and what their values look like.
_PEOPLE = {"who": ASKER, "approver": APPROVER}


class ActionsForm(forms.Form):
    """GET parameters of the list; one that can't be read is told, and narrows nothing.

    `from` and `to` are moments by the fleet's clocks, such as 2026-12-01T14:00: when an action ended, or where `woken`
    is asked for, when it woke its vehicle up. Whom it offers is looked up when it is shown.
    """

    use_required_attribute = False

    q = search(_("Vehicle"))
    outcome = forms.ChoiceField(required=False, label=_("Outcome"), choices=[ANY, *Standing.choices])
    type = forms.ChoiceField(
        required=False,
        label=_("Kind of action"),
        choices=lambda: [ANY, *[(name, title_of(entry)) for name, entry in REMOTE_TYPES.items()]],
    )
    cause = forms.CharField(required=False, max_length=200, label=_("Why it failed"))
    who = forms.RegexField(ASKER, required=False, label=_("Asked for by"), widget=forms.Select)
    way = choice(_("Through"), Way.choices)
    approver = forms.RegexField(APPROVER, required=False, label=_("Approved by"), widget=forms.Select)
    reason = forms.CharField(
        required=False,
        max_length=100,
        label=_("Reason"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("At most %(limit_value)d characters.")},
    )
    span = forms.ChoiceField(required=False, label=_("When it ended"), choices=[("", _("At any time")), *SPANS])
    model = forms.CharField(required=False, max_length=100, label=_("Model"))
    woken = choice(_("Wake-ups"), [("yes", _("Woke the vehicle up"))])
    after = forms.CharField(required=False)

    def __init__(self, data: Mapping[str, Any], fleet: Fleet) -> None:
        super().__init__(data, auto_id="actions_%s")
        self.fleet = fleet
        self.fields["cause"].widget = forms.Select(choices=[ANY, *reason_choices(str(self["cause"].value() or ""))])
        # A word of the language, so that it can't be declared above.
        self.fields["from"] = MomentField(_("Ended from"))
        self.fields["to"] = MomentField(_("Ended before"))
        self.is_valid()

    def clean(self) -> dict[str, Any] | None:
        since, until = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if since and until and _beyond(since, until):
            self.add_error("to", _("This lies before the beginning."))
        return super().clean()

    @cached_property
    def people(self) -> People:
        """Four statements."""
        return people_of(self.fleet)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields of the filter, with whom they offer."""
        for name, offered in (("who", self.people.askers), ("approver", self.people.approvers)):
            asked = self.wanted.get(name, "")
            unknown = [(asked, self.people.words(name, asked))] if asked and asked not in dict(offered) else []
            self.fields[name].widget.choices = [ANY, *offered, *unknown]
        return [self[name] for name in _NARROWING]

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """What narrows the list: the field, its value in words, and the query string without it."""
        names = [name for name in ("q", *_NARROWING) if name in self.wanted]
        return [(str(self[name].label), self._words(name), self.address(**{name: ""})) for name in names]

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name in _PEOPLE:
            return self.people.words(name, value)
        if isinstance(value, datetime):
            return date_format(_naive(value), "DATETIME_FORMAT")
        field = self.fields[name]
        choices = getattr(field, "choices", None) or getattr(field.widget, "choices", None)
        return str(dict(choices)[value]) if choices else str(value)

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def wanted(self) -> dict[str, str]:
        """What narrows the list, by the names of the fields."""
        given = {name: _text(value) for name, value in self.cleaned_data.items() if name != "after"}
        return {name: value for name, value in given.items() if value}

    @property
    def filter_count(self) -> int:
        """How many filters narrow the list, beside the outcome and the search."""
        return len(self.wanted.keys() - {"outcome", "q"})

    @property
    def asks_for_needs(self) -> bool:
        """Whether it is only about what needs a person, so that an empty list is good news."""
        return self.wanted.get("outcome") in NEEDS and not self.wanted.keys() - {"outcome", "span"}

    @property
    def start(self) -> str:
        return str(self.cleaned_data.get("after", ""))

    def address(self, **more: str) -> str:
        """The query string for what is wanted, with some of it changed; nothing empty."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (self.wanted | more).items() if value})
        return query.urlencode()


_NARROWING = ("who", "way", "reason", "approver", "type", "cause", "model", "woken", "span", "from", "to")


def _text(value: Any) -> str:
    """As the address has it; empty for none."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto" if value.second else "minutes")
    return "" if value is None else str(value)


def _beyond(since: datetime, until: datetime) -> bool:
    """Whether nothing lies between. Offsets, where both have one, tell an hour apart that clocks show twice."""
    if since.tzinfo and until.tzinfo:
        return until <= since
    return _naive(until) <= _naive(since)


def _naive(at: datetime) -> datetime:
    """As the clocks of the page show it."""
    return at.astimezone(timezone.get_current_timezone()).replace(tzinfo=None) if at.tzinfo else at
