"""Refuses a number of days that is none; `migrate` runs this before anything starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def check_position_days(**_: Any) -> list[CheckMessage]:
    """POSITION_DAYS is 0 (without an end) or more."""
    if settings.POSITION_DAYS >= 0:
        return []
    hint = "1 or more days, or 0 to keep positions for as long as what holds them."
    return [Error(f"POSITION_DAYS is {settings.POSITION_DAYS}.", hint=hint, id="fleets.E001")]
