"""Time zones by their names in the IANA database, such as Europe/Paris."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Where people live; the database's other names are old ones, or offsets without a change of clocks.
_REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


def default_zone() -> str:
    """The name of the zone of a fleet that has chosen none."""
    return str(settings.TIME_ZONE)


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def check_zone(name: str) -> None:
    """Raises ValidationError where there is no zone of this name."""
    try:
        zone_of(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValidationError(_("There is no time zone “%(name)s”.") % {"name": name}) from None


@cache
def zone_names() -> tuple[str, ...]:
    """Those to choose from, in their order, UTC first."""
    return ("UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in _REGIONS))
