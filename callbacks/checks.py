"""Refuses settings with which nothing would be delivered, or twice; `migrate` runs this before anything starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from callbacks.delivery.turns import LEASE

# Seconds between a request's deadline and the end of the lease: for looking again, and for writing the result down.
MARGIN = 5.0

_COUNTS = ("CALLBACK_IN_FLIGHT", "CALLBACK_CONNECTIONS", "DELIVERY_DAYS", "CALLBACKS_PER_CLIENT", "CALLBACKS_PER_FLEET")


@register()
def check_delivery_settings(**_: Any) -> list[CheckMessage]:
    """CALLBACK_TIMEOUT leaves the lease of a delivery its margin, and counts are at least one."""
    longest = LEASE - MARGIN
    found: list[CheckMessage] = []
    if not 0 < settings.CALLBACK_TIMEOUT <= longest:
        words = (
            f"CALLBACK_TIMEOUT is {settings.CALLBACK_TIMEOUT:g}; it must be above 0 and at most {longest:g} seconds."
        )
        hint = "A worker may post for the length of its lease only, or another one would post the same beside it."
        found.append(Error(words, hint=hint, id="callbacks.E001"))
    empty = [name for name in _COUNTS if getattr(settings, name) < 1]
    found += [Error(f"{name} must be at least 1.", id="callbacks.E002") for name in empty]
    return found
