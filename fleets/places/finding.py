"""Places by what people type: coordinates, or the beginning of a town's name."""

import re
from dataclasses import dataclass

from fleets.places.gazetteer import gazetteer

# Latitude and longitude: "45.76, 4.83", "45.76 4.83", "45,76; 4,83".
_NUMBER = r"([-+]?\d{1,3}(?:[.,]\d{1,15})?)"
_COORDINATES = (
    re.compile(rf"{_NUMBER}(?:\s*;\s*|,?\s+){_NUMBER}", re.ASCII),
    re.compile(r"([-+]?\d{1,3}\.\d{1,15}),([-+]?\d{1,3}\.\d{1,15})", re.ASCII),
)
_FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Found:
    """In degrees; coordinates have no name and no country (a code of two letters)."""

    name: str
    country: str
    latitude: float
    longitude: float


def find(words: str, most: int) -> list[Found]:
    """Raises OSError or subprocess.SubprocessError where the towns can't be read."""
    words = words.strip()
    point = coordinates(words)
    if point is not None:
        return [Found("", "", *point)]
    if len(words) < _FEWEST_LETTERS:
        return []
    towns = gazetteer().named(words, most)
    return [Found(town.name, town.country, town.latitude, town.longitude) for town in towns]


def coordinates(words: str) -> tuple[float, float] | None:
    """Latitude and longitude, latitude first; None where it is no place on earth."""
    found = next((found for pattern in _COORDINATES if (found := pattern.fullmatch(words))), None)
    if found is None:
        return None
    latitude, longitude = (float(text.replace(",", ".")) for text in found.groups())
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
