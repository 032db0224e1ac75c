"""GET parameters of the lists: which rows, and from where on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from callbacks.models import Batch
from console.callbacks.forms.moments import MomentField, MomentsForm

_GREATEST_ID = 2**63 - 1


def _key() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=_GREATEST_ID, widget=forms.HiddenInput)


class KeyForm(forms.Form):
    """The keys that a page starts after or before; a broken one leads to the first page."""

    after = _key()
    before = _key()

    @property
    def start_after(self) -> int | None:
        return self._key("after")

    @property
    def start_before(self) -> int | None:
        return self._key("before")

    def _key(self, name: str) -> int | None:
        self.is_valid()
        value: int | None = self.cleaned_data.get(name)
        return value


class TriesForm(KeyForm):
    """Which of the tries are shown, as figures lead to them; what can't be read narrows nothing.

    `from` and `to` are by the fleet's clocks, where they have no zone of their own.
    """

    RESULTS = {
        "ok": Q(status__gte=200, status__lt=300),
        "failed": Q(status__isnull=True) | ~Q(status__gte=200, status__lt=300),
        "answered": Q(status__isnull=False),
    }
    TITLES = {"ok": _("Got through"), "failed": _("Failed"), "answered": _("Answered")}
    result = forms.ChoiceField(required=False, choices=list(TITLES.items()))

    def __init__(self, data: Mapping[str, Any], zone: ZoneInfo) -> None:
        super().__init__(data)
        self.zone = zone
        self.fields["from"] = MomentField(_("From"))
        self.fields["to"] = MomentField(_("Until"))
        self.is_valid()

    @property
    def is_used(self) -> bool:
        return bool(self._given())

    @property
    def condition(self) -> Q:
        """Of the attempts."""
        given, wanted = self._given(), Q()
        if "result" in given:
            wanted &= self.RESULTS[given["result"]]
        if "from" in given:
            wanted &= Q(at__gte=self._moment(given["from"]))
        return wanted & Q(at__lt=self._moment(given["to"])) if "to" in given else wanted

    @property
    def words(self) -> str:
        """What is shown, in a line."""
        given = self._given()
        parts = [str(self.TITLES[given["result"]])] if "result" in given else []
        ends = [date_format(self._moment(given[name]), "DATETIME_FORMAT") for name in ("from", "to") if name in given]
        return " · ".join([*parts, " – ".join(ends)] if ends else parts)

    def _given(self) -> dict[str, Any]:
        found = {name: self.cleaned_data.get(name) for name in ("result", "from", "to")}
        return {name: value for name, value in found.items() if value}

    def _moment(self, given: datetime) -> datetime:
        local = given if given.tzinfo is not None else given.replace(tzinfo=self.zone)
        return local.astimezone(self.zone)


class SentForm(MomentsForm):
    """Which of the notifications sent are shown."""

    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("Any state")), *Batch.State.choices])
    vin = forms.CharField(
        required=False, label=_("VIN"), max_length=100, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    action = forms.CharField(
        required=False,
        label=_("Remote action"),
        max_length=200,
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": _("Its id")}),
    )
    since = MomentField(_("From"))
    until = MomentField(_("Until"))

    @property
    def is_used(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("state", "vin", "action", "since", "until"))

    def clean_vin(self) -> str:
        return str(self.cleaned_data["vin"]).upper()
