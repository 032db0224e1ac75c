"""What a person types, as the wire writes it.

What can't be read is passed on as it was typed: the wire's own check then refuses it, so that its rules stand once.
"""

import math
import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)


def whole(text: str) -> int | str:
    """A whole number."""
    return int(text) if _WHOLE.fullmatch(text) else text


def number(text: str) -> float | str:
    """A number, with a decimal comma too."""
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def duration(text: str, unit: str) -> str:
    """A number of the unit `S` or `M` as an ISO 8601 duration: PT20S."""
    return f"PT{text}{unit}"


def day_time(text: str) -> str:
    """A time of day as a duration from midnight: 14:30 is PT14H30M."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return text
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    written = f"{hours}H" if hours else ""
    written += f"{minutes}M" if minutes or not (hours or seconds) else ""
    return f"PT{written}{seconds}S" if seconds else f"PT{written}"


def local_time(text: str, zone: tzinfo) -> str:
    """A local date and time as RFC 3339 with its offset. An hour that a change of clocks skips is moved on."""
    try:
        given = datetime.fromisoformat(text)
        aware = given if given.tzinfo else given.replace(tzinfo=zone)
        return aware.astimezone(ZoneInfo("UTC")).astimezone(zone).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return text
