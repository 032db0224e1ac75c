"""Of a vehicle's state: how full its battery and its tank are, and how far that takes it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from fleets.vehicles import words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import energies_of, level_of
from fleets.vehicles.state.row import StateRow, Told
from fleets.vehicles.state.values import dig, items, joined, number, with_unit

Json = Any

_LOW, _VERY_LOW = 20, 10
_TWIN = ("type", "level")


def energy_said_at(energy: Json, state: Json) -> datetime | None:
    """When the level was told: some clouds tell it in the old list `energy` too, and date only one of the two."""
    twins = [item for item in items(dig(state, "energy")) if all(dig(item, of) == dig(energy, of) for of in _TWIN)]
    return max(filter(None, map(said_at, [energy, *twins])), default=None)


def levels(told: Told) -> Iterator[StateRow]:
    for energy in energies_of(told.state, told.motorization):
        kind = dig(energy, "type")
        level, range_km = level_of(energy), number(dig(energy, "autonomy"))
        parts = [
            with_unit(level, "%") if level is not None else "",
            with_unit(range_km, "km") if range_km is not None else "",
        ]
        if not isinstance(kind, str) or not any(parts):
            continue
        tone = "" if level is None or level >= _LOW else "warn" if level >= _VERY_LOW else "bad"
        yield StateRow(f"energy-{kind}", _title(energy), joined(parts), energy_said_at(energy, told.state), tone, level)


def _title(energy: Json) -> str:
    kind, sub_type = str(dig(energy, "type")), str(dig(energy, "subType"))
    return str(words.SUB_TYPES[sub_type] if sub_type in words.SUB_TYPES else words.ENERGIES.get(kind, kind))


def load(told: Told) -> Iterator[StateRow]:
    for energy in energies_of(told.state, told.motorization):
        part = dig(energy, "extension", "electric", "battery", "load")
        residual, capacity = number(dig(part, "residual")), number(dig(part, "capacity"))
        given = {"residual": _kilowatt_hours(residual), "capacity": _kilowatt_hours(capacity)}
        if residual is not None and capacity:
            text = _("%(residual)s of %(capacity)s") % given
        elif residual is not None:
            text = _("%(residual)s left") % given
        elif capacity:
            text = _("Holds %(capacity)s") % given
        else:
            continue
        yield StateRow("load", _("Energy in the battery"), text, said_at(part))


def _kilowatt_hours(watt_hours: float | None) -> str:
    return with_unit((watt_hours or 0) / 1000, "kWh", 1)


def health(told: Told) -> Iterator[StateRow]:
    for energy in energies_of(told.state, told.motorization):
        part = dig(energy, "extension", "electric", "battery", "health")
        capacity, resistance = number(dig(part, "capacity")), number(dig(part, "resistance"))
        parts = [
            _("%(level)s of its capacity") % {"level": with_unit(capacity, "%")} if capacity is not None else "",
            _("resistance %(level)s") % {"level": with_unit(resistance, "%")} if resistance is not None else "",
        ]
        if any(parts):
            yield StateRow("health", _("Health of the battery"), capfirst(joined(parts)), said_at(part))
