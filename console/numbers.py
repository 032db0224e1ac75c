"""Counts, shares and lengths of time as people say them (docs/words.md)."""

import math
from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

# The largest unit of which there is one at least; seconds each.
_UNITS = ((3600, "h"), (60, "min"), (1, "s"))
_DAY = 86400
# From so many hours on people count days.
_HOURS = 48


def number(value: int) -> str:
    """A whole number in groups of three: 10,000."""
    return number_format(value, 0, use_l10n=True, force_grouping=True)


def share(value: float) -> str:
    """A share of 0 to 1 in whole percents: 33 %. All or nothing is only said where it is exactly that."""
    if 0 < value < 0.01:
        return gettext("under 1 %%") % ()
    if 0.99 < value < 1:
        return f"{number_format(math.floor(value * 1000) / 10, 1)} %"
    return f"{number_format(round(value * 100), 0)} %"


def about(value: timedelta | float) -> str:
    """A length of time, or its seconds, in one unit: under 1 s, 5 s, 2 min, 3 h, 2 days."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if 0 < seconds < 1:
        return gettext("under 1 s")
    if seconds >= _HOURS * 3600:
        days = round(seconds / _DAY)
        return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}
    size, unit = next(((size, unit) for size, unit in _UNITS if round(seconds) >= size), (1, "s"))
    return f"{number(round(seconds / size))} {unit}"
