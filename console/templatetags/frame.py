"""The frame around every page: the ways beside it, and how dense its rows are."""

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from console.alerts.listing import open_count
from console.frame.density import density_of
from console.frame.rail import Links, Rail, rail_of
from console.requests import PageRequest
from fleets.models import Fleet

register = template.Library()


@register.simple_tag(takes_context=True)
def rail(context: Context) -> Rail:
    """Of the page's fleet, where it was looked up for the person; no statement."""
    request: PageRequest = context["request"]
    fleet = context.get("fleet")
    return rail_of(request, fleet if isinstance(fleet, Fleet) else None, request.user)


@register.simple_tag(takes_context=True)
def open_alerts(context: Context, fleet: Fleet) -> int:
    """How many alerts are open in the fleet, as the page has counted them already, else by one statement."""
    number = context.get("open_number")
    return open_count(fleet) if number is None else number


@register.simple_tag(takes_context=True)
def density(context: Context) -> str:
    """As the browser keeps it; no statement. A page of trouble has no request."""
    request = context.get("request")
    return density_of(request) if request is not None else ""


@register.simple_tag
def ways(groups: tuple[Links, ...], alert_number: int | str) -> SafeString:
    """The links of a rail. Kept, since each page has them twice and they seldom differ from those of the last."""
    return _ways(get_language(), groups, alert_number or 0)


@lru_cache(maxsize=1024)
def _ways(_language: str | None, groups: tuple[Links, ...], alert_number: int) -> SafeString:
    return render_to_string("frame/ways.html", {"groups": groups, "alert_number": alert_number})
