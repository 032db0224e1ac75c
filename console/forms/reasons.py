"""Why something is done, in the words of who does it: kept in the history and in the audit."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from remotes.asking.ask import MAX_REASON

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_KEPT = _("It is kept in the history.")


def reason_field(label: "StrOrPromise", missing: "StrOrPromise", help_text: "StrOrPromise" = _KEPT) -> forms.CharField:
    return forms.CharField(
        max_length=MAX_REASON,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing, "max_length": _("At most %(limit_value)d characters.")},
    )


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = reason_field(_("Why"), _("Say why."))

    @property
    def given(self) -> str:
        """The reason of a valid form."""
        return str(self.cleaned_data["reason"])


class StopForm(ReasonForm):
    """Why every sending is stopped."""

    reason = reason_field(_("Why"), _("Say why."), _("All who use the vehicles read it."))


class DecisionForm(ReasonForm):
    """What a person has found out about an action whose outcome nobody knew."""

    reason = reason_field(_("How do you know?"), _("Say how you know."))
    happened = forms.ChoiceField(choices=[("yes", _("It was carried out")), ("no", _("It was not carried out"))])

    @property
    def has_happened(self) -> bool:
        return bool(self.cleaned_data["happened"] == "yes")


class LiftForm(forms.Form):
    """What becomes of what waits when sending is allowed again."""

    waiting = forms.ChoiceField(
        choices=[("resume", _("Send what waits")), ("cancel", _("Cancel what waits"))],
        label=_("What waits"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what becomes of what waits."),
            "invalid_choice": _("Choose what becomes of what waits."),
        },
    )

    @property
    def cancels(self) -> bool:
        return bool(self.cleaned_data["waiting"] == "cancel")
