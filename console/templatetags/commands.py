"""How commands look on a page."""

from django import template
from django.utils.translation import gettext

from protocol.catalogue import COMMANDS, Command, RemoteType

register = template.Library()

_ICONS = {
    "lock": "lock",
    "unlock": "unlock",
    "lights-on": "light",
    "lights-off": "light-off",
    "honk": "horn",
    "stop-horn": "horn-off",
    "refresh": "refresh",
    "wake-up": "wake",
    "start-climate": "climate",
    "stop-climate": "stop",
    "start-charging": "plug",
    "stop-charging": "stop",
    "immobilise": "shield",
    "release": "key",
    "mark-stolen": "alert",
    "clear-stolen": "check",
    "find": "pin",
    "wipe-personal-data": "erase",
}


_TYPE_ICONS = {"Navigation": "send", "Tan": "alert"}


@register.filter
def icon_of_type(remote_type: RemoteType) -> str:
    """The icon of a type that has a form and no button of its own."""
    return _TYPE_ICONS.get(remote_type.name, "send")


@register.filter
def icon_of(command: Command) -> str:
    """The name of its icon in static/icons.svg."""
    return _ICONS.get(command.name, "send")


@register.filter
def takes_back(command: Command) -> bool:
    """Whether it only takes back what a dangerous one did, which is nothing to warn of."""
    return COMMANDS[command.name][0].is_release(command.payload)


@register.filter
def in_words(seconds: int) -> str:
    """A duration as people say it: under 1 s, 42 s, 3 min, 2 h 5 min."""
    if seconds < 1:
        return gettext("under 1 s")
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
