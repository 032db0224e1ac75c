"""By which clocks a page goes: those of its fleet, wherever the reader is; on pages of all fleets by the reader's own.

Whoever looks a fleet up for a page says so (console/rights.py). All that makes words of a moment asks Django for the
current zone; static/moments.js takes the fleet's from the page's <body>.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format

from fleets.storage import clock

# As kept sentences say it.
_MOMENT = re.compile(r"(?:(?P<day>\d{4}-\d\d-\d\d) )?(?P<time>\d\d:\d\d) UTC", re.ASCII)

_of_page: ContextVar[ZoneInfo | None] = ContextVar("zone of the page", default=None)


def go_by(zone: ZoneInfo) -> None:
    """From here on the page goes by the clocks of a fleet."""
    timezone.activate(zone)
    _of_page.set(zone)


def page_zone() -> ZoneInfo | None:
    """The zone of the fleet that the page is of; None where it is of no fleet or of several."""
    return _of_page.get()


def by_page(text: str) -> str:
    """A kept sentence, with its moments ("2026-12-01 14:00 UTC", or of these days "14:00 UTC") by the page's clocks."""
    return _MOMENT.sub(_moment_here, text) if page_zone() else text


def _moment_here(found: re.Match[str]) -> str:
    day = found["day"] or clock.now().date().isoformat()
    try:
        at = timezone.localtime(datetime.fromisoformat(f"{day}T{found['time']}").replace(tzinfo=UTC))
    except ValueError:
        return found[0]
    return date_format(at, "DATETIME_FORMAT") if found["day"] else f"{at:%H:%M}"


def clocks_of_requests(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """No request inherits the clocks of the one before it in its thread."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        try:
            return get_response(request)
        finally:
            timezone.deactivate()
            _of_page.set(None)

    return answer
