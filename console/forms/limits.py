"""The values that a vehicle takes: a form offers only those, and tells beside its field what is outside."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleets.vehicles import ability, capabilities, limits
from fleets.words.why import say
from protocol.why import Why

_AT_LEAST = _("This vehicle takes %(least)s at the least.")
_AT_MOST = _("This vehicle takes %(most)s at the most.")
_FROM_TO = _("This vehicle takes %(least)s to %(most)s.")
_REFUSED = {
    limits.NOT_SUPPORTED: _("This vehicle does not support it."),
    capabilities.NO_START_AT_ONCE: _("This vehicle can't start charging at once."),
    capabilities.NO_STOP_AT_ONCE: _("This vehicle can't stop charging at once."),
    capabilities.TOO_MANY_PROGRAMS: _("Has %(number)s programs; %(most)s at the most."),
    capabilities.NO_SUCH_SLOT: _("This vehicle has the programs 1 to %(most)s only."),
    limits.NOT_ONE_OF: _("This vehicle takes only: %(allowed)s."),
    limits.TOO_SMALL: _AT_LEAST,
    limits.TOO_GREAT: _AT_MOST,
    limits.OUT_OF_RANGE: _FROM_TO,
    ability.NOT_TAKEN: _("The API of this vehicle's cloud does not take it."),
    ability.NEEDED: _("This is missing."),
    ability.OTHERWISE: _("The API of this vehicle's cloud does not take it as it is: %(words)s."),
    ability.NO_SCOPE: _("Our account at this vehicle's cloud was not granted the scope %(scope)s."),
    limits.TOO_MANY: _("Has %(number)s items; %(most)s at the most."),
}
_RANGES = {(True, True): _FROM_TO, (True, False): _AT_LEAST, (False, True): _AT_MOST}


def narrow(field: forms.Field, limit: Mapping[str, Any]) -> None:
    """Offer only the values that a vehicle takes; a range is told beside the field."""
    if "values" in limit and isinstance(field.widget, forms.Select):
        taken = {"", *map(str, limit["values"])}
        field.widget.choices = [choice for choice in field.widget.choices if choice[0] in taken]
    words = _RANGES.get(("min" in limit, "max" in limit))
    if words is not None:
        field.help_text = " ".join(
            filter(None, [str(field.help_text), str(words) % {"least": limit.get("min"), "most": limit.get("max")}])
        )


def refused_words(why: Why) -> str:
    """What the vehicle can't do, in words that stand beside the field that asks for it."""
    words = _REFUSED.get(why.code)
    return say(why) if words is None else str(words) % why.values
