"""Moments that a person types, by the clocks that the page goes by."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _

from console.zones import page_zone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Far from the ends of what a datetime can hold, so that it can be shown in any zone.
_YEARS = range(1970, 3000)


class MomentField(forms.CharField):
    """A date and time as the browser writes it, without a zone."""

    def __init__(self, label: "StrOrPromise", help_text: "StrOrPromise" = "") -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
        super().__init__(required=False, label=label, help_text=help_text, max_length=40, widget=widget)

    def clean(self, value: str) -> datetime | None:
        text = super().clean(value)
        try:
            found = datetime.fromisoformat(text) if text else None
        except ValueError:
            found = datetime.min
        if found is not None and found.year not in _YEARS:
            raise forms.ValidationError(_("Write a date and time, such as 2026-11-21 08:30."))
        return found


class MomentsForm(forms.Form):
    """A form with MomentFields, by the fleet's clocks.

    Of no fleet, `zone` is the browser's, which static/forms.js fills in; without it the server's.
    """

    use_required_attribute = False
    zone = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput(attrs={"data-zone": ""}))

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["zone"].initial = get_current_timezone_name()
        if page_zone() is not None:
            # What an older address says of it counts no more.
            self.fields["zone"].disabled = True
            del self.fields["zone"].widget.attrs["data-zone"]

    def clean_zone(self) -> str:
        name = str(self.cleaned_data["zone"])
        try:
            return ZoneInfo(name or get_current_timezone_name()).key
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise forms.ValidationError(
                _("Your browser's time zone “%(name)s” is not known here."), params={"name": name}
            ) from None

    def moment(self, name: str) -> datetime | None:
        """What stands in a field, by the form's clocks; None where nothing does that can be read."""
        given: datetime | None = self.cleaned_data.get(name)
        if given is None or given.tzinfo is not None:
            return given
        return given.replace(tzinfo=ZoneInfo(self.cleaned_data.get("zone") or get_current_timezone_name()))
