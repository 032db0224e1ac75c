"""Why nothing is sent at present, for pages of the rooms below, and until when what waits can be sent."""

from datetime import UTC, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console.notices import Notice, notices
from fleets.models import Fleet

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
    text = gettext("at %(time)s UTC") if is_today else gettext("on %(date)s at %(time)s UTC")
    given = {"date": date_format(utc, "DATE_FORMAT"), "time": f"{utc:%H:%M:%S}" if is_today else f"{utc:%H:%M}"}
    return format_html(
        '<time role="timer" datetime="{}" data-deadline>{}</time>',
        utc.isoformat(timespec="milliseconds"),
        text % given,
    )
