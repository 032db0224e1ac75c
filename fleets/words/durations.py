"""Durations as programs write them: ISO 8601, such as PT5M."""

from datetime import timedelta

from django.utils.dateparse import parse_duration


def duration_of(value: object) -> timedelta | None:
    """None for what is no such text, and for what is beyond all measure."""
    if not isinstance(value, str) or not value.startswith("P"):
        return None
    try:
        return parse_duration(value)
    except OverflowError:
        # Millions of years.
        return None
