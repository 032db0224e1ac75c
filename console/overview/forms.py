"""What a person asks of the list of a fleet's actions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from console.callbacks.forms.moments import MomentField
from console.forms.filter_fields import ANY, choice, search
from protocol.catalogue import REMOTE_TYPES
from remotes.counts.conditions import NEEDS, Standing, reason_choices
from remotes.words.titles import title_of

SPANS = {
    "1h": (_("In the last hour"), timedelta(hours=1)),
    "24h": (_("In the last 24 hours"), timedelta(hours=24)),
    "7d": (_("In the last 7 days"), timedelta(days=7)),
    "30d": (_("In the last 30 days"), timedelta(days=30)),
}


class ActionsForm(forms.Form):
    """GET parameters of the list; one that can't be read is told, and narrows nothing."""

    use_required_attribute = False

    q = search(_("Vehicle"))
    outcome = forms.ChoiceField(required=False, label=_("Outcome"), choices=[ANY, *Standing.choices])
    type = forms.ChoiceField(
        required=False,
        label=_("Kind of action"),
        choices=lambda: [ANY, *[(name, title_of(entry)) for name, entry in REMOTE_TYPES.items()]],
    )
    cause = forms.CharField(required=False, max_length=200, label=_("Why it failed"))
    span = forms.ChoiceField(
        required=False,
        label=_("When it ended"),
        choices=[("", _("At any time")), *[(name, title) for name, (title, _length) in SPANS.items()]],
    )
    model = forms.CharField(required=False, max_length=100, label=_("Model"))
    woken = choice(_("Wake-ups"), [("yes", _("Woke the vehicle up"))])
    after = forms.CharField(required=False)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="actions_%s")
        # By the fleet's clocks, when it ended; of what woke a vehicle up, when it did. Both are words of Python.
        self.fields["from"] = MomentField(_("From"))
        self.fields["to"] = MomentField(_("Until"))
        self.fields["cause"].widget = forms.Select(choices=[ANY, *reason_choices(str(self["cause"].value() or ""))])
        self.is_valid()

    @property
    def selects(self) -> list[forms.BoundField]:
        return [self[name] for name in ("type", "cause", "span", "model", "woken", "from", "to")]

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


def _text(value: Any) -> str:
    """As the address has it; empty for none."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto" if value.second else "minutes")
    return "" if value is None else str(value)
