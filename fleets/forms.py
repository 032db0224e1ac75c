"""What a person types on the fleet pages."""

from django import forms

_GREATEST_ID = 2**63 - 1


class VehicleSearchForm(forms.Form):
    """GET parameters of the list of vehicles."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label="Search vehicles",
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "VIN, label or plate",
                "autocomplete": "off",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
        error_messages={"max_length": "Search for %(limit_value)d characters at the most."},
    )
    after = forms.IntegerField(required=False, min_value=0, max_value=_GREATEST_ID, widget=forms.HiddenInput)

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    @property
    def start(self) -> int:
        """The key that the page starts after; a broken one leads to the first page."""
        return self.cleaned_data.get("after") or 0
