"""What somebody who decides writes about it."""

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from console.forms.reasons import ReasonForm, reason_field
from remotes.asking.ask import MAX_REASON
from remotes.asking.break_glass import LEAST_REASON


class NoteForm(forms.Form):
    """A note that may be left out."""

    note = forms.CharField(
        required=False,
        max_length=MAX_REASON,
        label=_("Note"),
        help_text=_("It is kept in the audit."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("At most %(limit_value)d characters.")},
    )

    @property
    def given(self) -> str:
        """The note of a valid form."""
        return str(self.cleaned_data["note"]).strip()


class DecisionForm(NoteForm):
    """What somebody decides on a proposal."""

    decision = forms.ChoiceField(choices=[(name, name) for name in ("approve", "refuse", "withdraw")])


class RefusalForm(ReasonForm):
    """Why an action is refused."""

    reason = reason_field(_("Why not"), _("Say why not."), _("The person who asked for it reads it."))


class GlassForm(ReasonForm):
    """Why something is sent without its second person."""

    reason = reason_field(_("Why it can't wait"), _("Say why it can't wait."), _("All managers read it."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        words = _("Say it in at least %(limit_value)d characters.")
        self.fields["reason"].validators.append(MinLengthValidator(LEAST_REASON, words))
