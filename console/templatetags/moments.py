"""Times on a page, by the clocks that the page goes by (console/zones.py); static/moments.js makes ages of them."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone_name, localtime
from django.utils.translation import gettext

from console.numbers import about, number, share
from console.zones import page_zone
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
    local = localtime(value)
    return format_html(
        '<time datetime="{}" data-moment="{}">{}</time>',
        value.astimezone(UTC).isoformat(timespec="milliseconds"),
        form,
        f"{local:%H:%M:%S}" if form == "clock" else date_format(local, "DATETIME_FORMAT"),
    )


@register.inclusion_tag("includes/clocks.html", takes_context=True)
def clocks(context: Context) -> dict[str, Any]:
    """Whose clocks the times of the page are by, said once at its end."""
    zone = page_zone()
    return {
        "zone": zone.key if zone else "",
        "server": get_default_timezone_name(),
        "fleet": context.get("fleet") if zone else None,
    }


@register.simple_tag
def zone_name() -> str:
    """The zone of the fleet that the page is of; empty on pages of several, which go by the reader's clocks."""
    zone = page_zone()
    return zone.key if zone else ""


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
