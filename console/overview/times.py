"""The span of time of a list of what has ended: a length up to now, or moments by the fleet's clocks."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TODAY = "today"

LENGTHS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}

SPANS = (
    (TODAY, _("Today")),
    ("1h", _("In the last hour")),
    ("24h", _("In the last 24 hours")),
    ("7d", _("In the last 7 days")),
    ("30d", _("In the last 30 days")),
)

TIMES = frozenset({"span", "from", "to"})
"""The names of what narrows by time."""


def within(wanted: Mapping[str, str], now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when on, and before when; None where there is no such end. A time that clocks skip is moved on."""
    since = [at for at in (_beginning(wanted.get("span", ""), now), _moment(wanted.get("from", ""))) if at is not None]
    return max(since, default=None), _moment(wanted.get("to", ""))


def _beginning(span: str, now: datetime) -> datetime | None:
    if span == TODAY:
        today = timezone.localtime(now)
        return datetime.combine(today.date(), time(), today.tzinfo)
    return now - LENGTHS[span] if span else None


def _moment(text: str) -> datetime | None:
    """By the clocks of the page."""
    given = datetime.fromisoformat(text) if text else None
    return given if given is None or given.tzinfo else timezone.make_aware(given)
