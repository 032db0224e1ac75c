"""The file with labels and plates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleets.labels.reading import MOST_BYTES, too_large
from fleets.words.why import say


class FileForm(forms.Form):
    """A file of any kind that is not too large; what is in it is judged line by line (fleets/labels/)."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("CSV file"),
        max_length=200,
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(say(too_large().why))
        return given

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]
