"""How deliveries are told on pages, and the callbacks that need somebody, for pages of the room below."""

import math
from datetime import timedelta

from django import template
from django.utils.formats import number_format

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
def percent(rate: float) -> str:
    """A share of 0 to 1; 100 % and 0 % only where it is exactly that."""
    tenths = rate * 1000
    shown = math.floor(tenths) if rate > 0.5 else math.ceil(tenths)
    return f"{number_format(shown / 10, 1 if shown % 10 else 0)} %"


@register.filter
def span(value: timedelta) -> str:
    return span_words(value)


@register.filter
def milliseconds(value: int) -> str:
    return span_words(timedelta(milliseconds=value))
