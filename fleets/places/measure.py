"""Distances and directions on the earth taken as a ball, and how far a town reaches."""

from math import asin, atan2, cos, degrees, pi, radians, sin, sqrt

EARTH = 6371.0
"""Its radius in kilometres."""
DEGREE = EARTH * pi / 180
"""Kilometres between two degrees of latitude."""
LARGEST = 12.0
# Inhabitants of a square kilometre where a town is taken to end.
_DENSITY = 8000


def kilometres(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """The shortest way between two places, in degrees."""
    north, east = radians(to_latitude - latitude) / 2, radians(to_longitude - longitude) / 2
    chord = sin(north) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(east) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(chord)))


def eighth(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> int:
    """The direction in which one sets out for the second place, clockwise: 0 north, 1 north-east … 7 north-west."""
    start, end, east = radians(latitude), radians(to_latitude), radians(to_longitude - longitude)
    bearing = atan2(sin(east) * cos(end), cos(start) * sin(end) - sin(start) * cos(end) * cos(east))
    return round(degrees(bearing) / 45) % 8


def reach(population: int) -> float:
    """Kilometres from its middle in which one is in a town, going by its inhabitants."""
    return min(LARGEST, max(1.0, sqrt(population / _DENSITY / pi)))


def flat(latitude: float) -> tuple[float, float]:
    """Kilometres of a degree north and of one east, for places near by."""
    return DEGREE, DEGREE * max(0.01, cos(radians(latitude)))
