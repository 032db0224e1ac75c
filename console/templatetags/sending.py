"""Why nothing is sent at present, for pages of the rooms below, and until when what waits can be sent."""

from datetime import UTC, datetime

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from console.notices import Notice, notices
from console.requests import PageRequest
from fleets.approvers import approvers_of
from fleets.models import Fleet
from fleets.storage import clock

register = template.Library()


@register.simple_tag
def sending_notices(fleet: Fleet) -> list[Notice]:
    return notices(fleet)


@register.simple_tag(takes_context=True)
def others_approve(context: Context, fleet: Fleet) -> bool:
    """Whether anybody but the one who looks may approve there: one statement for a page."""
    request: PageRequest = context["request"]
    if not hasattr(request, "others_approve"):
        request.others_approve = {}  # type: ignore[attr-defined]
    known: dict[int, bool] = request.others_approve  # type: ignore[attr-defined]
    if fleet.pk not in known:
        known[fleet.pk] = approvers_of(fleet).exclude(pk=request.user.pk).exists()
    return known[fleet.pk]


@register.simple_tag
def deadline(value: datetime) -> SafeString:
    """The end of a time to live as a time of day, which static/countdown.js turns into "in 4:31".

    A timer is not read out as it changes.
    """
    local = localtime(value)
    is_today = local.date() == localtime(clock.now()).date()
    text = gettext("at %(time)s") if is_today else gettext("on %(date)s at %(time)s")
    given = {"date": date_format(local, "DATE_FORMAT"), "time": f"{local:%H:%M:%S}" if is_today else f"{local:%H:%M}"}
    return format_html(
        '<time role="timer" datetime="{}" data-deadline>{}</time>',
        value.astimezone(UTC).isoformat(timespec="milliseconds"),
        text % given,
    )
