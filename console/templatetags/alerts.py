"""The number of a fleet's open alerts, for the tabs of its pages; and the kinds of alerts in words."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext

from console.alerts.listing import open_count
from fleets.models import Fleet
from remotes.models import Alert

register = template.Library()


@register.simple_tag
def open_alerts(fleet: Fleet) -> int:
    """One statement."""
    return open_count(fleet)


@register.filter
def kind_titles(kinds: Sequence[str]) -> str:
    if len(kinds) == len(Alert.Kind):
        return gettext("All alerts")
    return ", ".join(str(kind.label) for kind in Alert.Kind if kind in kinds) or gettext("No alerts")
