"""A route: up to ten places, the last one the destination."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from protocol.v3 import JsonObject
from remotes.forms.base import Place, RemoteForm, Way, short_text
from remotes.forms.values import number

ROWS = 10
_FEWEST = 2
# Latitude and longitude in one line: "45.76, 4.83", "45.76 4.83", "45,76; 4,83". "45,76" is a number, not two.
_NUMBER = r"([-+]?\d+(?:[.,]\d+)?)"
_LINES = (
    re.compile(rf"{_NUMBER}(?:\s*;\s*|,?\s+){_NUMBER}", re.ASCII),
    re.compile(r"([-+]?\d+\.\d+),([-+]?\d+\.\d+)", re.ASCII),
)


@dataclass(frozen=True)
class Row:
    number: int
    latitude: BoundField
    longitude: BoundField


class NavigationForm(RemoteForm):
    type_name = "Navigation"
    ways = (Way("route", "Send a route", template="vehicle/options/route.html"),)

    pasted = forms.CharField(
        required=False,
        label="Or paste places",
        help_text="One a line, latitude first: 45.76, 4.83. They come after the ones above.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    approval = forms.BooleanField(required=False, label="The driver is asked before the route starts")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for row in range(1, ROWS + 1):
            self.fields[f"latitude{row}"] = short_text(f"Latitude of place {row}", inputmode="text")
            self.fields[f"longitude{row}"] = short_text(f"Longitude of place {row}", inputmode="text")

    @property
    def rows(self) -> list[Row]:
        """The rows that are in use, and one to go on with."""
        used = max((row for row in range(1, ROWS + 1) if any(self._row(row))), default=0)
        shown = min(ROWS, max(_FEWEST, used + 1))
        return [Row(row, self[f"latitude{row}"], self[f"longitude{row}"]) for row in range(1, shown + 1)]

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
        positions = [{"type": "Point", "coordinates": point} for point, _, _ in self._points()]
        return {"positions": positions, **({"driverApproval": True} if self.flag("approval") else {})}

    def places(self, way: str) -> dict[str, Place]:
        points = self._points()
        last = points[-1][1] if points else "latitude1"
        words = "" if points else "Give at least one place."
        places = {"positions": Place(last, words)}
        for place, (_, latitude, longitude) in enumerate(points):
            here = f"positions[{place}].coordinates"
            words = f"“{self._line(place)}” is no place: write latitude and longitude, such as 45.76, 4.83."
            in_text = latitude == "pasted"
            places |= {
                here: Place(latitude, words if in_text else "Write latitude and longitude, such as 45.76 and 4.83."),
                f"{here}[0]": Place(longitude, words if in_text else ""),
                f"{here}[1]": Place(latitude, words if in_text else ""),
            }
        return places

    def _row(self, row: int) -> tuple[str, str]:
        return self.text(f"latitude{row}"), self.text(f"longitude{row}")

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.text("pasted").splitlines() if line.strip()]

    def _line(self, place: int) -> str:
        rows = len(self._points()) - len(self._lines())
        return self._lines()[place - rows] if place >= rows else ""

    def _points(self) -> list[tuple[list[float | str], str, str]]:
        """The coordinates of each place, and the fields of its latitude and its longitude."""
        points = []
        for row in range(1, ROWS + 1):
            latitude, longitude = self._row(row)
            if latitude and not longitude:
                points.append((_point(latitude), f"latitude{row}", f"latitude{row}"))
            elif latitude or longitude:
                points.append(([number(longitude), number(latitude)], f"latitude{row}", f"longitude{row}"))
        return points + [(_point(line), "pasted", "pasted") for line in self._lines()]


def _point(line: str) -> list[float | str]:
    """A line with latitude and longitude as the wire has them, longitude first; what is no such line as it is."""
    found = next((found for pattern in _LINES if (found := pattern.fullmatch(line))), None)
    return [number(found[2]), number(found[1])] if found else [line]
