"""A position in words, in the reader's language: "3 km north of Villeurbanne", "in Lyon", "at Depot Lyon"."""

import logging
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite
from typing import Protocol

from babel import Locale
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, gettext_noop

from fleets.places.gazetteer import gazetteer
from fleets.places.grammar import at, of
from fleets.places.measure import kilometres
from fleets.places.nearest import Where, where

_log = logging.getLogger(__name__)

# Clockwise from north.
_DIRECTIONS = (
    gettext_noop("%(kilometres)s km north of %(place)s"),
    gettext_noop("%(kilometres)s km north-east of %(place)s"),
    gettext_noop("%(kilometres)s km east of %(place)s"),
    gettext_noop("%(kilometres)s km south-east of %(place)s"),
    gettext_noop("%(kilometres)s km south of %(place)s"),
    gettext_noop("%(kilometres)s km south-west of %(place)s"),
    gettext_noop("%(kilometres)s km west of %(place)s"),
    gettext_noop("%(kilometres)s km north-west of %(place)s"),
)
# Metres around a saved place for which none are given.
_AROUND = 200


class Place(Protocol):
    """A place with a name of its own; `radius` in metres, or None."""

    name: str
    latitude: float
    longitude: float
    radius: int | None


def position_words(latitude: float, longitude: float, saved: Iterable[Place] = ()) -> str:
    """Where this is, in degrees: at the nearest of the `saved` places that it is within, else by a town.

    Empty where it is no place on earth, and where the towns can't be read.
    """
    if not (isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        return ""
    own = _saved_at(latitude, longitude, saved)
    if own is not None:
        return gettext("at %(place)s") % {"place": own.name}
    found = _where(round(latitude, 4), round(longitude, 4))
    return _said(found) if found else ""


def positions_words(positions: Iterable[tuple[float, float]], saved: Sequence[Place] = ()) -> list[str]:
    """The same for each of many (latitude, longitude)."""
    return [position_words(latitude, longitude, saved) for latitude, longitude in positions]


def country_words(code: str) -> str:
    """The country of a code of two letters in the reader's language."""
    return _countries(get_language() or "en").get(code, code)


@lru_cache(5_000)
def _where(latitude: float, longitude: float) -> Where | None:
    try:
        return where(gazetteer(), latitude, longitude)
    except (OSError, subprocess.SubprocessError):
        _log.exception("The towns can't be read")
        return None


def _said(found: Where) -> str:
    language = get_language() or "en"
    if not found.kilometres:
        return gettext("in %(place)s") % {"place": at(found.town.name, language)}
    number = number_format(found.kilometres, force_grouping=True)
    values = {"kilometres": number, "place": of(found.town.name, language)}
    words = gettext(_DIRECTIONS[found.eighth]) % values
    return f"{words}, {country_words(found.town.country)}" if found.is_far else words


def _saved_at(latitude: float, longitude: float, saved: Iterable[Place]) -> Place | None:
    inside = []
    for place in saved:
        metres = kilometres(latitude, longitude, place.latitude, place.longitude) * 1000
        if metres <= (place.radius or _AROUND):
            inside.append((metres, place.name, place))
    return min(inside, key=lambda found: found[:2])[2] if inside else None


@lru_cache(8)
def _countries(language: str) -> dict[str, str]:
    return dict(Locale.parse(language, sep="-").territories)
