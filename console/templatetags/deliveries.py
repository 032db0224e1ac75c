"""How deliveries are told on pages, and the callbacks that need somebody, for pages of the room below."""

from datetime import timedelta

from django import template

from callbacks.models import Callback
from console.callbacks.words import span_words
from fleets.models import Fleet

register = template.Library()

# The notice of a fleet's page names so many.
_NAMED = 5


@register.simple_tag
def failed_callbacks(fleet: Fleet) -> list[Callback]:
    """The first of the fleet's callbacks that are Failed: one statement."""
    failed = fleet.callbacks.filter(deleted_at__isnull=True, status=Callback.Status.FAILED)
    return list(failed.order_by("pk")[:_NAMED])


@register.filter
def span(value: timedelta) -> str:
    return span_words(value)


@register.filter
def milliseconds(value: int) -> str:
    return span_words(timedelta(milliseconds=value))
