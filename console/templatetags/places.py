"""Positions in words: {% load places %}{% position_words position saved %}."""

from collections.abc import Iterable

from django import template

from fleets.places import words
from fleets.vehicles.position import Position

register = template.Library()


@register.simple_tag
def position_words(position: Position, saved: Iterable[words.Place] = ()) -> str:
    """ "3 km north of Villeurbanne", or "at Depot Lyon" within one of the fleet's `saved` places; "" is not known."""
    return words.position_words(position.latitude, position.longitude, saved)


@register.filter
def country(code: str) -> str:
    return words.country_words(code)
