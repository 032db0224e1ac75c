"""Of a vehicle's state: its cable, its charge, when the next one begins, and by what programs."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import read_moment, said_at
from fleets.vehicles.state.energy import energy_said_at
from fleets.vehicles.state.facts import charging_of, energies_of, is_charging, is_plugged
from fleets.vehicles.state.programs import program_words
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, joined, number, with_unit
from fleets.words.durations import duration_of
from fleets.words.times import duration_words

Json = Any

_DAY = timedelta(days=1)


def charging(told: Told) -> Iterator[StateRow]:
    """Whether it is plugged in and charges, how fast and how long yet."""
    for part, at in _parts(told):
        status, plugged = dig(part, "status"), is_plugged(part)
        if not isinstance(status, str) and plugged is None:
            continue
        tone = {"InProgress": "ok", "Failure": "bad"}.get(str(status), "") if plugged is not False else ""
        yield StateRow("charging", _("Charging"), _how_it_charges(part), at, tone, note=_contradiction(part))


def _parts(told: Told) -> Iterator[tuple[Json, datetime | None]]:
    """How each energy is charged, and when that was told."""
    for energy in energies_of(told.state, told.motorization):
        part = charging_of(energy)
        if isinstance(part, dict):
            yield part, said_at(part) or energy_said_at(energy, told.state)


def _how_it_charges(part: Json) -> str:
    status, plugged = dig(part, "status"), is_plugged(part)
    word = str(words.CHARGING.get(status, status)) if isinstance(status, str) else ""
    if not word or _contradiction(part):
        word = _("Plugged in") if plugged else _("Not plugged in")
    elif plugged and status in ("Stopped", "Finished", "Failure"):
        word = _("%(word)s, plugged in") % {"word": word}
    return joined([word, *_pace(part)]) if is_charging(part) else word


def _pace(part: Json) -> Iterator[str]:
    mode, rate, left = dig(part, "chargingMode"), number(dig(part, "chargingRate")), dig(part, "remainingTime")
    if isinstance(mode, str) and mode != "No":
        yield str(words.CHARGING_MODES.get(mode, mode))
    if rate:
        yield with_unit(rate, "km/h")
    if isinstance(left, str) and duration_of(left):
        yield _("%(duration)s left") % {"duration": duration_words(left)}


def _contradiction(part: Json) -> str:
    """That the cable is believed, where the word for the charge says otherwise."""
    status, plugged = dig(part, "status"), is_plugged(part)
    given = {"word": words.CHARGING.get(str(status), str(status))}
    if plugged and status == "Disconnected":
        return _("It also says “%(word)s”. What it says of the cable is believed.") % given
    if plugged is False and status == "InProgress":
        return _("It also says “%(word)s”. What it says of the cable is believed.") % given
    return ""


def planned(told: Told) -> Iterator[StateRow]:
    for part, at in _parts(told):
        text = next_charge_words(part, at, told)
        if text:
            given = {"literal": str(dig(part, "nextDelayedTime"))}
            note = "" if read_moment(dig(part, "nextDelayedTime")) else _("The vehicle says “%(literal)s”.") % given
            yield StateRow("next-charge", _("Planned charge"), text, at, note=note)


def next_charge_words(part: Json, at: datetime | None, told: Told) -> str:
    """When the next charge begins; empty where none is planned. What can't be read is shown as it is."""
    word = dig(part, "nextDelayedTime")
    moment, of_day = read_moment(word), next_charge_time(part)
    if of_day is not None:
        return next_charge_at(time_format(of_day, "TIME_FORMAT"), told.zone)
    wait = duration_of(word)
    if wait and at and moment is None:
        moment = at + wait
    if moment is not None:
        return next_charge_at(told.time(moment), told.zone)
    is_planned = isinstance(word, str) and word and wait != timedelta(0)
    return _("Next charge: %(word)s") % {"word": word} if is_planned else ""


def next_charge_at(when: str, zone: tzinfo) -> str:
    """The sentence for it; `when` is by the clocks of the zone."""
    return _("Next charge at %(time)s (%(zone)s)") % {"time": when, "zone": str(zone)}


def next_charge_time(part: Json) -> time | None:
    """The time of day, by the fleet's clocks, at which the next charge begins; None where none is planned.

    `nextDelayedTime` is called a duration until the next charge, and is a time of day from 00:00, as those of programs
    are (PT22H30M: 22:30). PT0S stands where none is planned.
    """
    found = duration_of(dig(part, "nextDelayedTime"))
    if found is None or not timedelta(0) < found < _DAY:
        return None
    return (datetime.min + found).time()


def programs(told: Told) -> Iterator[StateRow]:
    for part, at in _parts(told):
        text = program_words(dig(part, "schedule", "programs"))
        if text:
            yield StateRow("charging-programs", _("Charging programs"), text, at)


def manner(told: Told) -> Iterator[StateRow]:
    """The power that is chosen, and how full it is to be."""
    for part, at in _parts(told):
        level, kind = dig(part, "chargingPowerLevel"), dig(part, "type")
        parts = [
            _("Power: level %(number)s") % {"number": level.removeprefix("Level")} if isinstance(level, str) else "",
            str(words.CHARGE_LIMITS.get(kind, kind)) if isinstance(kind, str) else "",
        ]
        if any(parts):
            yield StateRow("charge-manner", _("How it charges"), joined(parts), at)
