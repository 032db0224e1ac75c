"""Times on a page: UTC in words, which static/moments.js turns into the reader's own zone or an age."""

from datetime import UTC, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console.numbers import about, number, share
from fleets.storage import clock

register = template.Library()
# How long something took, how much and how many: docs/words.md.
for _said in (number, share, about):
    register.filter(_said.__name__, _said)


@register.simple_tag
def moment(value: datetime | None, form: str = "age") -> SafeString:
    """A <time> element. `form` is how it is shown: `age` ("5 min ago"), `clock` (time of day) or `full`."""
    if value is None:
        return SafeString("")
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-moment="{}">{}</time>',
        utc.isoformat(timespec="milliseconds"),
        form,
        f"{utc:%H:%M:%S}" if form == "clock" else f"{date_format(utc, 'DATETIME_FORMAT')} UTC",
    )


@register.simple_tag
def age(value: datetime | None) -> str:
    """How long ago a vehicle has said something, as `moment` shows it; or that nobody knows."""
    return moment(value) or gettext("Age not known")


@register.simple_tag
def late(at: datetime | None) -> SafeString:
    """The mark of an action that is late from `at` on; static/moments.js shows it once that has come."""
    if at is None:
        return SafeString("")
    return format_html(
        ' <span class="badge warn" data-shown-from="{}"{}>{}</span>',
        at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "" if at <= clock.now() else SafeString(" hidden"),
        gettext("Late"),
    )
