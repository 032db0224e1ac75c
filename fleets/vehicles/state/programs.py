"""Programs of the week in a vehicle's state, in words: those for charging and those for the cabin."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from fleets.vehicles.state.values import dig, items, number, texts, with_unit
from fleets.words.durations import duration_of
from fleets.words.times import days_words, duration_words

Json = Any


def program_words(programs: Json) -> str:
    """Each with its number, when it begins and ends, its days and what else it says; empty where there are none."""
    listed = [item for item in items(programs) if isinstance(item, dict)]
    return "; ".join(" ".join(_parts(item, place)) for place, item in enumerate(listed, 1))


def _parts(program: Json, place: int) -> Iterator[str]:
    slot = number(dig(program, "slot"))
    yield f"{int(slot) if slot is not None else place}:"
    start, end = _time(dig(program, "start")), _time(dig(program, "end"))
    yield f"{start}–{end}" if end else start or _("no time")
    days = texts(dig(program, "occurence", "day"))
    if days:
        yield days_words(days)
    if dig(program, "recurrence") == "None":
        yield _("(once)")
    if dig(program, "chargeUntilFull") is True:
        yield _("(until full)")
    temperature = number(dig(program, "temp"))
    if temperature is not None:
        yield with_unit(temperature, "°C")
    lowest, highest = number(dig(program, "minChargingLevel")), number(dig(program, "maxChargingLevel"))
    if lowest is not None and highest is not None:
        yield f"({with_unit(lowest, '%')}–{with_unit(highest, '%')})"
    if dig(program, "enabled") is False:
        yield _("(off)")


def _time(value: Json) -> str:
    """A duration from 00:00 as a time of day; what is none stays as it is."""
    found = duration_of(value)
    if found is None or found.days:
        return duration_words(value) if isinstance(value, str) else ""
    return f"{found.seconds // 3600:02}:{found.seconds % 3600 // 60:02}"
