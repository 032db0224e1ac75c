"""The text formats of the wire, and the words that say what each looks like."""

import re
from datetime import datetime

from jsonschema import FormatChecker

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LONGEST = 100

WORDS = {
    "duration": "use an ISO 8601 duration such as PT20S",
    "day-time": "use an ISO 8601 duration from midnight, below 24 hours, such as PT14H30M",
    "date-time": "use an RFC 3339 time such as 2026-11-21T08:00:00Z",
}

formats = FormatChecker(formats=())


@formats.checks("duration")
def is_duration(value: object) -> bool:
    """True for an ISO 8601 duration such as PT20S."""
    return not isinstance(value, str) or (len(value) <= _LONGEST and _DURATION.fullmatch(value) is not None)


@formats.checks("day-time")
def is_day_time(value: object) -> bool:
    """True for an ISO 8601 duration from midnight that stays within the day, such as PT14H30M."""
    if not isinstance(value, str):
        return True
    found = _DURATION.fullmatch(value) if len(value) <= _LONGEST else None
    if found is None or any(found.group(1, 2, 3, 4)):
        return False
    hours, minutes, seconds = (int(part or 0) for part in found.group(5, 6, 7))
    return hours * 3600 + minutes * 60 + seconds < 24 * 3600


@formats.checks("date-time")
def is_date_time(value: object) -> bool:
    """True for an RFC 3339 time such as 2026-11-21T08:00:00Z."""
    if not isinstance(value, str):
        return True
    if _RFC3339.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True
