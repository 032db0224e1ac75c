"""What an action asks for, in the few words that a fleet manager would use."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from fleets.vehicle_state import dig, moment_of
from protocol.catalogue import RemoteType

Json = Any

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# How long there are no theft alerts, by the number that the wire has for it.
ALARM_PAUSES = ("2 hours", "4 hours", "12 hours", "24 hours", "3 days", "7 days")

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)


def describe(remote_type: RemoteType, payload: Mapping[str, Any]) -> str:
    """The words for a payload of the type; the catalogue's own ones where there is nothing more to say."""
    words = _WORDS.get(remote_type.name)
    return (words(payload) if words else "") or remote_type.describe(payload)


def duration_words(text: str) -> str:
    """An ISO 8601 duration as people write it: PT1M30S is "1 min 30 s". One that is not plain stays as it is."""
    found = _DURATION.fullmatch(text)
    parts = zip(found.groups(), ("d", "h", "min", "s"), strict=True) if found else ()
    return " ".join(f"{int(number)} {unit}" for number, unit in parts if number) or text


def days_words(days: Collection[str]) -> str:
    """Days of the week, three or more in a row as a range: "Mon–Wed, Sun"."""
    places = [place for place, day in enumerate(DAYS) if day in days]
    if not places:
        return "no day"
    if len(places) == len(DAYS):
        return "every day"
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(_run_words(run) for run in runs)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _run_words(run: Sequence[int]) -> str:
    if len(run) > 2:
        return f"{DAYS[run[0]]}–{DAYS[run[-1]]}"
    return ", ".join(DAYS[place] for place in run)


def _locking(payload: Json) -> str:
    return {"Locked": "Lock", "Unlocked": "Unlock"}.get(str(dig(payload, "state")), "")


def _lights(payload: Json) -> str:
    duration = dig(payload, "duration")
    if dig(payload, "on") is False:
        return "Lights off"
    return f"Lights on for {duration_words(duration)}" if isinstance(duration, str) else ""


def _horn(payload: Json) -> str:
    number = dig(payload, "number")
    if dig(payload, "state") != "Activated" or not isinstance(number, int):
        return ""
    return f"Honk {'once' if number == 1 else f'{number} times'}"


def _programs(programs: Json) -> str:
    """How many programs are set and deleted."""
    items = programs if isinstance(programs, list) else []
    deleted = sum(dig(item, "actionsType") == "Delete" for item in items)
    kept = len(items) - deleted
    if not deleted:
        return counted(kept, "program") if kept else ""
    return f"{counted(kept, 'program')} set, {deleted} deleted" if kept else f"{counted(deleted, 'program')} deleted"


def _climate(payload: Json) -> str:
    programs = _programs(dig(payload, "airConditioning", "programs"))
    if not programs:
        return ""
    immediate = dig(payload, "airConditioning", "immediate")
    now = "start now, " if immediate is True else "stop now, " if immediate is False else ""
    return f"Cabin climate: {now}{programs}"


def _charging(payload: Json) -> str:
    for path in (("schedule", "nextDelayedTime"), ("nextDelayedTime",)):
        at = moment_of(payload, *path)
        if at is not None:
            zone = at.isoformat()[-6:] if at.utcoffset() else "UTC"
            return f"Charge from {at.day} {at:%b %Y, %H:%M} ({zone})"
    if programs := _programs(dig(payload, "schedule", "programs")):
        return f"Charging: {programs}"
    level, kind = dig(payload, "preferences", "level"), dig(payload, "preferences", "type")
    chosen = [f"level {level.removeprefix('Level')}"] if isinstance(level, str) else []
    chosen += [kind.lower()] if isinstance(kind, str) else []
    return f"Charging: {', '.join(chosen)}" if chosen else ""


def _stolen(payload: Json) -> str:
    immobilise = dig(payload, "immobilization", "activate")
    if isinstance(immobilise, bool):
        return "Immobilise (stolen vehicle)" if immobilise else "Release immobiliser (stolen vehicle)"
    period = dig(payload, "trackingPeriod")
    states = (("running", "ignition on"), ("shutdown", "ignition off"))
    rhythms = [f"{dig(period, key)} s, {words}" for key, words in states if dig(period, key) is not None]
    return f"Track every {' and every '.join(rhythms)}" if rhythms else ""


def _navigation(payload: Json) -> str:
    positions = dig(payload, "positions")
    number = len(positions) if isinstance(positions, list) else 0
    return f"Route with {counted(number, 'stop')}" if number else ""


def _alarm(payload: Json) -> str:
    confirm, suppress = dig(payload, "confirm", "state"), dig(payload, "suppress", "state")
    if isinstance(confirm, bool):
        return "Theft confirmed" if confirm else "Theft denied"
    if suppress is True:
        number = dig(payload, "suppress", "duration")
        known = isinstance(number, int) and 0 <= number < len(ALARM_PAUSES)
        return f"Theft alerts paused for {ALARM_PAUSES[number]}" if known else ""
    return "Theft alerts back on" if suppress is False else ""


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
