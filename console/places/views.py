"""JSON for maps and forms: the towns of a square of the map, and places by what people type of them."""

import math
import subprocess

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from console.requests import PageRequest, person_fragment
from fleets.places.finding import find
from fleets.places.gazetteer import gazetteer
from fleets.places.words import country_words, position_words

DEEPEST = 18
MOST_TOWNS = 14
MOST_FOUND = 8
_LONGEST = 100


@require_safe
@person_fragment
def find_place(request: PageRequest) -> HttpResponse:
    """What `q` may mean: coordinates, or towns of that name, the largest first. Each with where it is in words."""
    try:
        found = find(request.GET.get("q", "")[:_LONGEST], MOST_FOUND)
    except (OSError, subprocess.SubprocessError):
        found = []
    places = [
        {
            "name": place.name or position_words(place.latitude, place.longitude),
            "country": country_words(place.country) if place.country else "",
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
        for place in found
    ]
    return JsonResponse({"places": places})


@require_safe
@person_fragment
def name_position(request: PageRequest) -> HttpResponse:
    """The words of `latitude` and `longitude`, in degrees."""
    try:
        latitude, longitude = float(request.GET.get("latitude", "")), float(request.GET.get("longitude", ""))
    except ValueError:
        raise Http404 from None
    return JsonResponse({"words": position_words(latitude, longitude)})


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
