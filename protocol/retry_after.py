"""The header Retry-After (RFC 9110, 10.2.3), as the manufacturer's cloud and subscribers really send it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# What is longer than a year is a year.
LONGEST = timedelta(days=365).total_seconds()

_NUMBER = re.compile(r"\d{1,400}(\.\d{1,400})?", re.ASCII)


def seconds(text: str | None, now: datetime) -> float | None:
    """Seconds to wait from now on; None where it says nothing that can be meant: no number, negative, a past date."""
    text = (text or "").strip()
    if _NUMBER.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        date = parsedate_to_datetime(text)
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    except (TypeError, ValueError, OverflowError):
        return None
    return min(wait.total_seconds(), LONGEST) if wait > timedelta(0) else None
