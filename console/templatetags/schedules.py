"""Times of schedules on a page: as the clocks of the fleet show them, whoever reads it."""

from datetime import UTC, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

register = template.Library()


@register.simple_tag
def local_moment(at: datetime) -> SafeString:
    """A <time> element with the day of the week: "Sun 28 Mar 2027, 03:00"."""
    local = localtime(at)
    words = date_format(local.replace(tzinfo=None), "SHORT_DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', at.astimezone(UTC).isoformat(timespec="seconds"), words)
