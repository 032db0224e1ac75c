"""What an action asks for, in the few words that a fleet manager would use."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy, ngettext

from fleets.vehicles.state import dig, moment_of
from fleets.words.times import UNITS, duration_words
from protocol.catalogue import RemoteType

Json = Any

# How long there are no theft alerts, by the number that the wire has for it.
ALARM_PAUSES = (
    gettext_lazy("2 hours"),
    gettext_lazy("4 hours"),
    gettext_lazy("12 hours"),
    gettext_lazy("24 hours"),
    gettext_lazy("3 days"),
    gettext_lazy("7 days"),
)


def describe(remote_type: RemoteType, payload: Mapping[str, Any]) -> str:
    """The words for a payload of the type; the catalogue's own ones where there is nothing more to say."""
    words = _WORDS.get(remote_type.name)
    return (words(payload) if words else "") or gettext(remote_type.describe(payload))


def counted(number: int, noun: str) -> str:
    """In English, for letters and the like."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _locking(payload: Json) -> str:
    words = {"Locked": gettext("Lock"), "Unlocked": gettext("Unlock")}
    return words.get(str(dig(payload, "state")), "")


def _lights(payload: Json) -> str:
    duration = dig(payload, "duration")
    if dig(payload, "on") is False:
        return gettext("Lights off")
    if not isinstance(duration, str):
        return ""
    return gettext("Lights on for %(duration)s") % {"duration": duration_words(duration)}


def _horn(payload: Json) -> str:
    number = dig(payload, "number")
    if dig(payload, "state") != "Activated" or not isinstance(number, int):
        return ""
    return ngettext("Honk once", "Honk %(number)s times", number) % {"number": number}


def _programs(programs: Json) -> str:
    """How many programs are set and deleted."""
    items = programs if isinstance(programs, list) else []
    deleted = sum(dig(item, "actionsType") == "Delete" for item in items)
    kept = len(items) - deleted
    if not deleted:
        return ngettext("%(number)s program", "%(number)s programs", kept) % {"number": kept} if kept else ""
    if not kept:
        return ngettext("%(number)s program deleted", "%(number)s programs deleted", deleted) % {"number": deleted}
    words = ngettext(
        "%(number)s program set, %(deleted)s deleted", "%(number)s programs set, %(deleted)s deleted", kept
    )
    return words % {"number": kept, "deleted": deleted}


def _climate(payload: Json) -> str:
    programs = _programs(dig(payload, "airConditioning", "programs"))
    if not programs:
        return ""
    immediate = dig(payload, "airConditioning", "immediate")
    words = {
        True: gettext("Cabin climate: start now, %(programs)s"),
        False: gettext("Cabin climate: stop now, %(programs)s"),
    }
    known = immediate if isinstance(immediate, bool) else None
    return words.get(known, gettext("Cabin climate: %(programs)s")) % {"programs": programs}  # type: ignore[arg-type]


def _charging(payload: Json) -> str:
    for path in (("schedule", "nextDelayedTime"), ("nextDelayedTime",)):
        at = moment_of(payload, *path)
        if at is not None:
            local = localtime(at)
            return gettext("Charge from %(time)s (%(zone)s)") % {
                "time": date_format(local, "DATETIME_FORMAT"),
                "zone": local.tzname(),
            }
    if programs := _programs(dig(payload, "schedule", "programs")):
        return gettext("Charging: %(what)s") % {"what": programs}
    level, kind = dig(payload, "preferences", "level"), dig(payload, "preferences", "type")
    chosen: list[str] = (
        [gettext("level %(number)s") % {"number": level.removeprefix("Level")}] if isinstance(level, str) else []
    )
    chosen += [str(_KINDS_OF_CHARGE.get(kind, kind.lower()))] if isinstance(kind, str) else []
    return gettext("Charging: %(what)s") % {"what": ", ".join(chosen)} if chosen else ""


_KINDS_OF_CHARGE = {"Partial": gettext_lazy("partial"), "Full": gettext_lazy("full")}


def _stolen(payload: Json) -> str:
    immobilise = dig(payload, "immobilization", "activate")
    if isinstance(immobilise, bool):
        return gettext("Immobilise (stolen vehicle)") if immobilise else gettext("Release immobiliser (stolen vehicle)")
    period = dig(payload, "trackingPeriod")
    running, shutdown = dig(period, "running"), dig(period, "shutdown")
    values = {"running": seconds_words(running), "shutdown": seconds_words(shutdown)}
    if running is not None and shutdown is not None:
        return gettext("Track every %(running)s, ignition on and every %(shutdown)s, ignition off") % values
    if running is not None:
        return gettext("Track every %(running)s, ignition on") % values
    return gettext("Track every %(shutdown)s, ignition off") % values if shutdown is not None else ""


def seconds_words(seconds: Json) -> str:
    """A number of seconds as people say it: 90 is "1 min 30 s". Anything else as it is, in seconds."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
        return str(UNITS[-1]) % {"number": seconds}
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return duration_words(
        f"PT{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}{f'{rest}S' if rest else ''}"
    )


def _navigation(payload: Json) -> str:
    positions = dig(payload, "positions")
    number = len(positions) if isinstance(positions, list) else 0
    words = ngettext("Route with %(number)s stop", "Route with %(number)s stops", number)
    return words % {"number": number} if number else ""


def _alarm(payload: Json) -> str:
    confirm, suppress = dig(payload, "confirm", "state"), dig(payload, "suppress", "state")
    if isinstance(confirm, bool):
        return gettext("Theft confirmed") if confirm else gettext("Theft denied")
    if suppress is True:
        number = dig(payload, "suppress", "duration")
        known = isinstance(number, int) and 0 <= number < len(ALARM_PAUSES)
        return gettext("Theft alerts paused for %(duration)s") % {"duration": ALARM_PAUSES[number]} if known else ""
    return gettext("Theft alerts back on") if suppress is False else ""


_WORDS: dict[str, Callable[[Json], str]] = {
    "Locking": _locking,
    "Lights": _lights,
    "Horn": _horn,
    "Preconditioning": _climate,
    "Charging": _charging,
    "Stolen": _stolen,
    "Navigation": _navigation,
    "Tan": _alarm,
}
