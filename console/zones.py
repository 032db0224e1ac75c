"""By which clocks a page goes: those of its fleet, wherever the reader is; on pages of all fleets by the reader's own.

Whoever looks a fleet up for a page says so (console/rights.py). All that makes words of a moment asks Django for the
current zone; static/moments.js takes the fleet's from the page's <body>.
"""

from collections.abc import Callable
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

_of_page: ContextVar[ZoneInfo | None] = ContextVar("zone of the page", default=None)


def go_by(zone: ZoneInfo) -> None:
    """From here on the page goes by the clocks of a fleet."""
    timezone.activate(zone)
    _of_page.set(zone)


def page_zone() -> ZoneInfo | None:
    """The zone of the fleet that the page is of; None where it is of no fleet or of several."""
    return _of_page.get()


def clocks_of_requests(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """No request inherits the clocks of the one before it in its thread."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        try:
            return get_response(request)
        finally:
            timezone.deactivate()
            _of_page.set(None)

    return answer
