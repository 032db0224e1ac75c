"""Reads a vehicle's state, the published Status (fleet-owner-v3.yaml), into rows for people.

What is not there gives no row, what has another form than published gives none either, and words that are not known
are shown as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import is_plugged
from fleets.vehicles.state.values import dig, items, number, texts, with_unit

Json = Any

POSITION = "position"
"""The key of the row that says where the vehicle is."""

_TWIN = ("type", "level")


@dataclass(frozen=True)
class StateRow:
    """One value: what it is, what it says, and when the vehicle said so (None: nobody knows). `level`: per cent."""

    key: str
    title: str
    text: str
    at: datetime | None = None
    tone: str = ""
    level: float | None = None


def state_rows(state: Json) -> list[StateRow]:
    """The rows that the state has something for, the most asked for first."""
    return [row for reader in _READERS for row in reader(state)]


def energy_said_at(energy: Json, state: Json) -> datetime | None:
    """When the level was told: some clouds tell it in the old list `energy` too, and date only one of the two."""
    twins = [item for item in items(dig(state, "energy")) if all(dig(item, of) == dig(energy, of) for of in _TWIN)]
    return max(filter(None, map(said_at, [energy, *twins])), default=None)


def _locks(state: Json) -> Iterator[StateRow]:
    states = texts(dig(state, "doorsState", "lockedStates"))
    if not states:
        return
    locked = all(word in words.LOCKED for word in states)
    text = ", ".join(str(words.LOCK_STATES.get(word, word)) for word in states)
    yield StateRow("doors", _("Doors"), text, said_at(dig(state, "doorsState")), "ok" if locked else "warn")


def _openings(state: Json) -> Iterator[StateRow]:
    openings = [item for item in items(dig(state, "doorsState", "opening")) if isinstance(dig(item, "state"), str)]
    if not openings:
        return
    opened = [str(dig(item, "identifier")) for item in openings if item["state"] != "Closed"]
    names = ", ".join(str(words.OPENINGS.get(name, name)) for name in opened)
    text = (_("%(what)s open") % {"what": names.capitalize()}) if opened else _("All shut")
    at = said_at(dig(state, "doorsState"))
    yield StateRow("openings", _("Openings"), text, at, "warn" if opened else "")


def _ignition(state: Json) -> Iterator[StateRow]:
    word = dig(state, "ignition", "type")
    if isinstance(word, str):
        text = str(words.IGNITION.get(word, word))
        yield StateRow("ignition", _("Ignition"), text, said_at(dig(state, "ignition")))


def _movement(state: Json) -> Iterator[StateRow]:
    moving = dig(state, "kinetic", "moving")
    if isinstance(moving, bool):
        speed = number(dig(state, "kinetic", "speed"))
        text = _("Standing") if not moving else with_unit(speed, "km/h") if speed is not None else _("Moving")
        at = said_at(dig(state, "kinetic"))
        yield StateRow("movement", _("Movement"), text, at, "warn" if moving else "")


def _energies(state: Json) -> Iterator[StateRow]:
    for energy in items(dig(state, "energies")):
        kind, at = dig(energy, "type"), energy_said_at(energy, state)
        level, range_km = number(dig(energy, "level")), number(dig(energy, "autonomy"))
        parts = [
            with_unit(level, "%") if level is not None else "",
            with_unit(range_km, "km") if range_km is not None else "",
        ]
        if isinstance(kind, str) and any(parts):
            title = str(words.ENERGIES.get(kind, kind))
            tone = "bad" if level is not None and level < 10 else "warn" if level is not None and level < 20 else ""
            text = " · ".join(part for part in parts if part)
            yield StateRow(f"energy-{kind}", title, text, at, tone, level)
        yield from _charging(energy, at)


def _charging(energy: Json, told_at: datetime | None) -> Iterator[StateRow]:
    charging = dig(energy, "extension", "electric", "charging")
    status, plugged = dig(charging, "status"), is_plugged(charging)
    if not isinstance(status, str) and plugged is None:
        return
    text = str(words.CHARGING.get(status, status)) if isinstance(status, str) else ""
    if not text or (plugged and status == "Disconnected"):
        text = _("Plugged in") if plugged else _("Not plugged in")
    tone = {"InProgress": "ok", "Failure": "bad"}.get(str(status), "")
    yield StateRow("charging", _("Charging"), text, said_at(charging) or told_at, tone)


def _lights(state: Json) -> Iterator[StateRow]:
    system = dig(state, "lightingSystem")
    lamps = [(name, lamp) for name in ("turn", "fog") for lamp in items(dig(system, name))]
    known = [(name, lamp) for name, lamp in lamps if isinstance(dig(lamp, "status"), str)]
    if not known:
        return
    lit = sorted({str(words.LIGHTS[name]) for name, lamp in known if lamp["status"] != "Off"})
    text = (_("%(what)s on") % {"what": ", ".join(map(str, lit)).capitalize()}) if lit else _("Off")
    yield StateRow("lights", _("Lights"), text, said_at(system), "warn" if lit else "")


def _climate(state: Json) -> Iterator[StateRow]:
    climate = dig(state, "preconditioning", "airConditioning")
    status = dig(climate, "status")
    if isinstance(status, str):
        tone = {"Enabled": "ok", "Failure": "bad"}.get(status, "")
        text = str(words.CLIMATE.get(status, status))
        yield StateRow("climate", _("Cabin climate"), text, said_at(climate), tone)


def _mileage(state: Json) -> Iterator[StateRow]:
    for odometer in (dig(state, "odometer"), dig(state, "_embedded", "extension", "odometer")):
        mileage = number(dig(odometer, "mileage"))
        if mileage is not None:
            yield StateRow("mileage", _("Mileage"), with_unit(mileage, "km"), said_at(odometer))
            return


def _position(state: Json) -> Iterator[StateRow]:
    numbers = [number(item) for item in items(dig(state, "lastPosition", "geometry", "coordinates"))[:2]]
    if len(numbers) == 2 and numbers[0] is not None and numbers[1] is not None:
        east, north = numbers[0], numbers[1]
        ways = (_("N") if north >= 0 else _("S"), _("E") if east >= 0 else _("W"))
        text = f"{abs(north):.4f}° {ways[0]}, {abs(east):.4f}° {ways[1]}"
        yield StateRow(POSITION, _("Position"), text, said_at(dig(state, "lastPosition")))


def _privacy(state: Json) -> Iterator[StateRow]:
    word = dig(state, "privacy", "state")
    if isinstance(word, str):
        tone = "" if word == "None" else "warn"
        text = str(words.PRIVACY.get(word, word))
        yield StateRow("privacy", _("Privacy"), text, said_at(dig(state, "privacy")), tone)


def _starter_battery(state: Json) -> Iterator[StateRow]:
    health = number(dig(state, "battery", "voltage"))
    if health is not None:
        tone = "bad" if health < 30 else "warn" if health < 50 else ""
        at = said_at(dig(state, "battery"))
        yield StateRow("battery", _("12 V battery"), with_unit(health, "%"), at, tone)


def _alarm(state: Json) -> Iterator[StateRow]:
    word = dig(state, "alarm", "status", "activation")
    if isinstance(word, str):
        text = str(words.ALARM.get(word, word))
        yield StateRow("alarm", _("Alarm"), text, said_at(dig(state, "alarm", "status")))


def _stolen(state: Json) -> Iterator[StateRow]:
    if dig(state, "stolen", "state") is True:
        yield StateRow("stolen", _("Theft"), _("Reported stolen"), said_at(dig(state, "stolen")), "bad")


_READERS: tuple[Callable[[Json], Iterator[StateRow]], ...] = (
    _stolen,
    _locks,
    _energies,
    _ignition,
    _movement,
    _lights,
    _openings,
    _climate,
    _mileage,
    _position,
    _privacy,
    _starter_battery,
    _alarm,
)
