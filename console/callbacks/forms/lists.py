"""GET parameters of the lists: which rows, and from where on."""

from django import forms
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
