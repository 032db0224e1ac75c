"""What a saved place is called, and where it is."""

import subprocess
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.schedules import fields
from fleets.models import SavedPlace
from fleets.places.finding import Found, coordinates, find
from fleets.places.words import country_words

_MOST_FOUND = 8


class PlaceNameForm(forms.Form):
    """Another name for a place."""

    use_required_attribute = False

    name = fields.text(_("Name of the place"), 60, _("Such as “Depot Lyon” or “Workshop”."))

    def __init__(self, data: Mapping[str, Any] | None = None, *, place: SavedPlace | None = None) -> None:
        super().__init__(data, initial={"name": place.name} if place else None)

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def given(self) -> str:
        """The name of a valid form."""
        return str(self.cleaned_data["name"]).strip()

    def say_taken(self) -> None:
        self.add_error("name", _("This fleet has a place with this name already."))


class PlaceForm(PlaceNameForm):
    """`where`: a town or coordinates; where several towns are meant, `at` is the one that was chosen of `found`."""

    where = fields.text(
        _("Where it is"),
        100,
        _("A town, or coordinates such as 45.76, 4.83. A click on the map fills them in."),
    )
    at = forms.CharField(required=False, max_length=100)

    def __init__(self, data: Mapping[str, Any] | None = None, *, place: SavedPlace | None = None) -> None:
        super().__init__(data, place=place)
        self.found: list[Found] = []

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        where = str(self.cleaned_data.get("where", ""))
        if where:
            point = coordinates(str(self.cleaned_data.get("at", ""))) or coordinates(where) or self._town(where)
            self.cleaned_data["point"] = point
        return cleaned

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude of a valid form, in degrees."""
        found: tuple[float, float] = self.cleaned_data["point"]
        return found

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The towns that may be meant: their coordinates and their words."""
        return [(f"{town.latitude}, {town.longitude}", _told(town)) for town in self.found]

    def _town(self, where: str) -> tuple[float, float] | None:
        try:
            found = find(where, _MOST_FOUND)
        except (OSError, subprocess.SubprocessError):
            found = []
        if len(found) == 1:
            return found[0].latitude, found[0].longitude
        self.found = found
        if found:
            self.add_error("where", _("There are several: choose one."))
        else:
            self.add_error("where", _("No such place is known. Enter coordinates, such as 45.76, 4.83."))
        return None


def _told(town: Found) -> str:
    """Towns of one name are told apart by their coordinates."""
    country = country_words(town.country) if town.country else ""
    return f"{', '.join(filter(None, (town.name, country)))} ({town.latitude:.2f}, {town.longitude:.2f})"
