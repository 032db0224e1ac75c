"""Reads a vehicle's state, the published Status (fleet-owner-v3.yaml), into rows for people.

What is not there gives no row, what has another form than published gives none either, and words that are not known
are shown as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from fleets.vehicles import words

Json = Any

POSITION = "position"
"""The key of the row that says where the vehicle is."""

_GREATEST_NUMBER = 10**12


@dataclass(frozen=True)
class StateRow:
    """One value: what it is, what it says, and since when the vehicle has said so. `level` is per cent, for a bar."""

    key: str
    title: str
    text: str
    at: datetime | None = None
    tone: str = ""
    level: float | None = None


def state_rows(state: Json) -> list[StateRow]:
    """The rows that the state has something for, the most asked for first."""
    fallback = moment_of(state, "updatedAt") or moment_of(state, "createdAt")
    rows = [row for reader in _READERS for row in reader(state)]
    return [row if row.at else _dated(row, fallback) for row in rows]


def dig(value: Json, *path: str) -> Json:
    """What lies under `path` in nested objects, None where anything on the way is missing or another thing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def moment_of(value: Json, *path: str) -> datetime | None:
    """The time under `path`; without an offset it is UTC."""
    text = dig(value, *path)
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _dated(row: StateRow, at: datetime | None) -> StateRow:
    return StateRow(row.key, row.title, row.text, at, row.tone, row.level)


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _texts(value: Json) -> list[str]:
    return [item for item in _items(value) if isinstance(item, str)]


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _GREATEST_NUMBER:
        return None
    return value


def _with_unit(number: float, unit: str) -> str:
    return f"{number_format(round(number), force_grouping=True)} {unit}"


def _locks(state: Json) -> Iterator[StateRow]:
    states = _texts(dig(state, "doorsState", "lockedStates"))
    if not states:
        return
    locked = all(word in words.LOCKED for word in states)
    text = ", ".join(str(words.LOCK_STATES.get(word, word)) for word in states)
    yield StateRow("doors", _("Doors"), text, moment_of(state, "doorsState", "createdAt"), "ok" if locked else "warn")


def _openings(state: Json) -> Iterator[StateRow]:
    openings = [item for item in _items(dig(state, "doorsState", "opening")) if isinstance(dig(item, "state"), str)]
    if not openings:
        return
    opened = [str(dig(item, "identifier")) for item in openings if item["state"] != "Closed"]
    names = ", ".join(str(words.OPENINGS.get(name, name)) for name in opened)
    text = (_("%(what)s open") % {"what": names.capitalize()}) if opened else _("All shut")
    at = moment_of(state, "doorsState", "createdAt")
    yield StateRow("openings", _("Openings"), text, at, "warn" if opened else "")


def _ignition(state: Json) -> Iterator[StateRow]:
    word = dig(state, "ignition", "type")
    if isinstance(word, str):
        text = str(words.IGNITION.get(word, word))
        yield StateRow("ignition", _("Ignition"), text, moment_of(state, "ignition", "createdAt"))


def _movement(state: Json) -> Iterator[StateRow]:
    moving = dig(state, "kinetic", "moving")
    if isinstance(moving, bool):
        speed = _number(dig(state, "kinetic", "speed"))
        text = _("Standing") if not moving else _with_unit(speed, "km/h") if speed is not None else _("Moving")
        at = moment_of(state, "kinetic", "createdAt")
        yield StateRow("movement", _("Movement"), text, at, "warn" if moving else "")


def _energies(state: Json) -> Iterator[StateRow]:
    for energy in _items(dig(state, "energies")):
        kind = dig(energy, "type")
        level, range_km = _number(dig(energy, "level")), _number(dig(energy, "autonomy"))
        parts = [
            _with_unit(level, "%") if level is not None else "",
            _with_unit(range_km, "km") if range_km is not None else "",
        ]
        if isinstance(kind, str) and any(parts):
            title = str(words.ENERGIES.get(kind, kind))
            tone = "bad" if level is not None and level < 10 else "warn" if level is not None and level < 20 else ""
            text = " · ".join(part for part in parts if part)
            yield StateRow(f"energy-{kind}", title, text, moment_of(energy, "createdAt"), tone, level)
        yield from _charging(energy)


def _charging(energy: Json) -> Iterator[StateRow]:
    charging = dig(energy, "extension", "electric", "charging")
    status, plugged = dig(charging, "status"), dig(charging, "plugged")
    if not isinstance(status, str) and not isinstance(plugged, bool):
        return
    text = str(words.CHARGING.get(status, status)) if isinstance(status, str) else ""
    if not text or (plugged is True and status == "Disconnected"):
        text = _("Plugged in") if plugged else _("Not plugged in")
    tone = {"InProgress": "ok", "Failure": "bad"}.get(str(status), "")
    at = moment_of(charging, "createdAt") or moment_of(energy, "createdAt")
    yield StateRow("charging", _("Charging"), text, at, tone)


def _lights(state: Json) -> Iterator[StateRow]:
    system = dig(state, "lightingSystem")
    lamps = [(name, lamp) for name in ("turn", "fog") for lamp in _items(dig(system, name))]
    known = [(name, lamp) for name, lamp in lamps if isinstance(dig(lamp, "status"), str)]
    if not known:
        return
    lit = sorted({str(words.LIGHTS[name]) for name, lamp in known if lamp["status"] != "Off"})
    text = (_("%(what)s on") % {"what": ", ".join(map(str, lit)).capitalize()}) if lit else _("Off")
    yield StateRow("lights", _("Lights"), text, moment_of(system, "createdAt"), "warn" if lit else "")


def _climate(state: Json) -> Iterator[StateRow]:
    climate = dig(state, "preconditioning", "airConditioning")
    status = dig(climate, "status")
    if isinstance(status, str):
        tone = {"Enabled": "ok", "Failure": "bad"}.get(status, "")
        text = str(words.CLIMATE.get(status, status))
        yield StateRow("climate", _("Cabin climate"), text, moment_of(climate, "createdAt"), tone)


def _mileage(state: Json) -> Iterator[StateRow]:
    for odometer in (dig(state, "odometer"), dig(state, "_embedded", "extension", "odometer")):
        mileage = _number(dig(odometer, "mileage"))
        if mileage is not None:
            yield StateRow("mileage", _("Mileage"), _with_unit(mileage, "km"), moment_of(odometer, "createdAt"))
            return


def _position(state: Json) -> Iterator[StateRow]:
    numbers = [_number(item) for item in _items(dig(state, "lastPosition", "geometry", "coordinates"))[:2]]
    if len(numbers) == 2 and numbers[0] is not None and numbers[1] is not None:
        east, north = numbers[0], numbers[1]
        ways = (_("N") if north >= 0 else _("S"), _("E") if east >= 0 else _("W"))
        text = f"{abs(north):.4f}° {ways[0]}, {abs(east):.4f}° {ways[1]}"
        yield StateRow(POSITION, _("Position"), text, moment_of(state, "lastPosition", "properties", "createdAt"))


def _privacy(state: Json) -> Iterator[StateRow]:
    word = dig(state, "privacy", "state")
    if isinstance(word, str):
        tone = "" if word == "None" else "warn"
        text = str(words.PRIVACY.get(word, word))
        yield StateRow("privacy", _("Privacy"), text, moment_of(state, "privacy", "createdAt"), tone)


def _starter_battery(state: Json) -> Iterator[StateRow]:
    health = _number(dig(state, "battery", "voltage"))
    if health is not None:
        tone = "bad" if health < 30 else "warn" if health < 50 else ""
        at = moment_of(state, "battery", "createdAt")
        yield StateRow("battery", _("12 V battery"), _with_unit(health, "%"), at, tone)


def _alarm(state: Json) -> Iterator[StateRow]:
    word = dig(state, "alarm", "status", "activation")
    if isinstance(word, str):
        text = str(words.ALARM.get(word, word))
        yield StateRow("alarm", _("Alarm"), text, moment_of(state, "alarm", "status", "createdAt"))


def _stolen(state: Json) -> Iterator[StateRow]:
    if dig(state, "stolen", "state") is True:
        yield StateRow("stolen", _("Theft"), _("Reported stolen"), moment_of(state, "stolen", "createdAt"), "bad")


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
