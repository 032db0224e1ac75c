"""A route: up to ten places, the last one the destination."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, Way, short_text
from console.forms.values import number
from protocol.canonical import JsonObject

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROWS = 10
_FEWEST = 2
_LATITUDE, _LONGITUDE = _("Latitude of place %(number)s"), _("Longitude of place %(number)s")
# Latitude and longitude in one line: "45.76, 4.83", "45.76 4.83", "45,76; 4,83". "45,76" is a number, not two.
_NUMBER = r"([-+]?\d+(?:[.,]\d+)?)"
_LINES = (
    re.compile(rf"{_NUMBER}(?:\s*;\s*|,?\s+){_NUMBER}", re.ASCII),
    re.compile(r"([-+]?\d+\.\d+),([-+]?\d+\.\d+)", re.ASCII),
)


@dataclass(frozen=True)
class PointRow:
    number: int
    latitude: BoundField
    longitude: BoundField


@dataclass(frozen=True)
class _Stop:
    """Coordinates as the wire has them, the fields that they stand in, and the line that was pasted."""

    coordinates: list[float | str]
    latitude: str
    longitude: str
    line: str = ""


class NavigationForm(RemoteForm):
    type_name = "Navigation"
    ways = (Way("route", _("Send a route"), template="forms/route.html"),)
    limited = {"approval": "driverApproval"}
    shows_position = True

    pasted = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Or paste places"),
        help_text=_("One a line, latitude first: 45.76, 4.83. They come after the ones above."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    approval = forms.BooleanField(required=False, label=_("The driver is asked before the route starts"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for row in range(1, ROWS + 1):
            self.fields[f"latitude{row}"] = short_text(_numbered(_LATITUDE, row), inputmode="text")
            self.fields[f"longitude{row}"] = short_text(_numbered(_LONGITUDE, row), inputmode="text")

    @property
    def rows(self) -> list[PointRow]:
        """The rows that are in use, and one to go on with."""
        used = max((row for row in range(1, ROWS + 1) if any(self._row(row))), default=0)
        shown = min(ROWS, max(_FEWEST, used + 1))
        return [PointRow(row, self[f"latitude{row}"], self[f"longitude{row}"]) for row in range(1, shown + 1)]

    @property
    def offers_approval(self) -> bool:
        return self._offers("approval")

    @property
    def can_grow(self) -> bool:
        return len(self.rows) < ROWS

    def draft(self) -> RemoteForm:
        form = super().draft()
        if isinstance(form, NavigationForm):
            form.focus = form.rows[-1].latitude.name
            form.fields[form.focus].widget.attrs["autofocus"] = True
        return form

    def payload(self, way: str) -> JsonObject:
        positions = [{"type": "Point", "coordinates": stop.coordinates} for stop in self._stops()]
        return {"positions": positions, **({"driverApproval": True} if self.flag("approval") else {})}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        stops = self._stops()
        if not stops:
            return {"positions": ErrorPlace("latitude1", _("Give at least one place."))}
        places = {"positions": ErrorPlace(stops[-1].latitude), "driverApproval": ErrorPlace("approval")}
        for index, stop in enumerate(stops):
            here = f"positions[{index}].coordinates"
            places |= {
                here: ErrorPlace(stop.latitude, _no_place(stop)),
                f"{here}[0]": ErrorPlace(stop.longitude),
                f"{here}[1]": ErrorPlace(stop.latitude),
            }
        return places

    def _row(self, row: int) -> tuple[str, str]:
        return self.text(f"latitude{row}"), self.text(f"longitude{row}")

    def _stops(self) -> list[_Stop]:
        """The rows that are filled in, then the lines that were pasted."""
        stops = []
        for row in range(1, ROWS + 1):
            latitude, longitude = self._row(row)
            if latitude and not longitude:
                stops.append(_Stop(_point(latitude), f"latitude{row}", f"latitude{row}"))
            elif latitude or longitude:
                coordinates = [number(longitude), number(latitude)]
                stops.append(_Stop(coordinates, f"latitude{row}", f"longitude{row}"))
        lines = [line.strip() for line in self.text("pasted").splitlines()]
        return stops + [_Stop(_point(line), "pasted", "pasted", line) for line in lines if line]


def _numbered(label: "StrOrPromise", row: int) -> str:
    return str(label) % {"number": row}


def _no_place(stop: _Stop) -> str:
    if not stop.line:
        return gettext("Write latitude and longitude, such as 45.76, 4.83.")
    words = gettext("“%(line)s” is no place: write latitude and longitude, such as 45.76, 4.83.")
    return words % {"line": stop.line}


def _point(line: str) -> list[float | str]:
    """A line with latitude and longitude as the wire has them, longitude first; what is no such line as it is."""
    found = next((found for pattern in _LINES if (found := pattern.fullmatch(line))), None)
    return [number(found[2]), number(found[1])] if found else [line]
