"""What somebody who decides writes about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from remotes.asking.ask import MAX_REASON


class NoteForm(forms.Form):
    """A note that may be left out."""

    note = forms.CharField(
        required=False,
        max_length=MAX_REASON,
        label=_("Note"),
        help_text=_("It is kept in the audit."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("%(limit_value)d characters at the most.")},
    )

    @property
    def given(self) -> str:
        """The note of a valid form."""
        return str(self.cleaned_data["note"]).strip()
