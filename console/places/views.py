"""JSON for maps and forms: the towns of a square of the map, and places by what people type of them."""

import math
import subprocess
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from console.requests import PageRequest, person_fragment
from console.rights import find_fleet
from fleets.places.finding import Found, find
from fleets.places.gazetteer import gazetteer
from fleets.places.saved import find_saved
from fleets.places.words import Place, country_words, position_words

DEEPEST = 18
MOST_TOWNS = 14
MOST_FOUND = 8
_LONGEST = 100


@require_safe
@person_fragment
def find_place(request: PageRequest) -> HttpResponse:
    """What `q` may mean: coordinates, or towns of that name, the largest first. Each with where it is in words."""
    return JsonResponse({"places": [_shown(place) for place in _found(_words(request))]})


@require_safe
@person_fragment
def find_fleet_place(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The fleet's saved places (`saved`) by what their names begin with, all of them for no `q`; then as above."""
    fleet, words = find_fleet(request, fleet_id), _words(request)
    saved = [{**_shown(place), "saved": True} for place in find_saved(fleet, words)]
    return JsonResponse({"places": [*saved, *map(_shown, _found(words))]})


@require_safe
@person_fragment
def name_position(request: PageRequest) -> HttpResponse:
    """The words of `latitude` and `longitude`, in degrees."""
    return _named(request, ())


@require_safe
@person_fragment
def name_fleet_position(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The same, by the fleet's saved places where it is at one."""
    return _named(request, find_fleet(request, fleet_id).saved_places.all())


def _words(request: PageRequest) -> str:
    return request.GET.get("q", "")[:_LONGEST]


def _found(words: str) -> list[Found]:
    try:
        return find(words, MOST_FOUND)
    except (OSError, subprocess.SubprocessError):
        return []


def _shown(place: Found) -> dict[str, Any]:
    return {
        "name": place.name or position_words(place.latitude, place.longitude),
        "country": country_words(place.country) if place.country else "",
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _named(request: PageRequest, saved: Iterable[Place]) -> HttpResponse:
    try:
        latitude, longitude = float(request.GET.get("latitude", "")), float(request.GET.get("longitude", ""))
    except ValueError:
        raise Http404 from None
    return JsonResponse({"words": position_words(latitude, longitude, saved)})


@require_safe
def towns(request: PageRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """The largest towns of a square of the map (Mercator): [[name, latitude, longitude, inhabitants] …].

    They are everybody's, so nobody need be logged in, and a browser keeps them for a week.
    """
    if zoom > DEEPEST or max(x, y) >= 1 << zoom:
        raise Http404
    try:
        known = gazetteer()
    except (OSError, subprocess.SubprocessError):
        raise Http404 from None
    inside = known.within(_latitude(y + 1, zoom), _longitude(x, zoom), _latitude(y, zoom), _longitude(x + 1, zoom))
    largest = sorted(inside, key=lambda town: -town[3])[:MOST_TOWNS]
    rows = [[known.town(place).name, latitude, longitude, people] for place, latitude, longitude, people in largest]
    response = JsonResponse({"towns": rows})
    patch_cache_control(response, private=True, max_age=7 * 86400)
    return response


def _longitude(x: int, zoom: int) -> float:
    return x / (1 << zoom) * 360 - 180


def _latitude(y: int, zoom: int) -> float:
    turned = math.pi * (1 - 2 * y / (1 << zoom))
    return math.degrees(math.atan(math.sinh(turned)))
