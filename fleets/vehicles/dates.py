"""When a vehicle said what stands in its state (published Status): each part has a date of its own, or none."""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

TRUSTED = ("updatedAt", "createdAt")
"""The names of dates, the one to be trusted most in front: what was created long ago may have changed since."""

# A day and a time: RFC 3339, also without an offset.
_MOMENT = re.compile(r"[1-9]\d{3}-\d\d-\d\d[Tt ][\d:.]+([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)

# Later ones are none in some zones.
_LAST = datetime(9999, 12, 30, tzinfo=UTC)

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Stands for a date that is not known, where dates are put in order."""


def said_at(part: Any) -> datetime | None:
    """When the vehicle said it, by its own dates; None where it has none that can be read: its age is not known.

    A GeoJSON feature (lastPosition) has its dates among its properties.
    """
    if not isinstance(part, dict):
        return None
    found = next((at for at in map(read_moment, map(part.get, TRUSTED)) if at), None)
    return found or (said_at(part.get("properties")) if "geometry" in part else None)


def read_moment(text: Any) -> datetime | None:
    """A date of the wire, with a time of day; without an offset it is UTC. None for what is none."""
    try:
        found = parse_datetime(text.upper()) if isinstance(text, str) and _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    if found is None:
        return None
    return min(found if found.tzinfo else found.replace(tzinfo=UTC), _LAST)
