"""Why nothing is sent at present, for pages of the rooms below, and until when what waits can be sent."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fleets.models import Fleet
from remotes.notices import Notice, notices

register = template.Library()


@register.simple_tag
def sending_notices(fleet: Fleet) -> list[Notice]:
    return notices(fleet)


@register.simple_tag
def deadline(value: datetime) -> SafeString:
    """The end of a time to live as a time of day, which static/countdown.js turns into "in 4:31".

    A timer is not read out as it changes.
    """
    utc = value.astimezone(UTC)
    is_today = utc.date() == datetime.now(UTC).date()
    return format_html(
        '<time role="timer" datetime="{}" data-deadline>{}</time>',
        utc.isoformat(timespec="milliseconds"),
        f"at {utc:%H:%M:%S} UTC" if is_today else f"on {utc.day} {utc:%b %Y at %H:%M} UTC",
    )
