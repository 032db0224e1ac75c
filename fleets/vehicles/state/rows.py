"""Reads a vehicle's state, the published Status (fleet-owner-v3.yaml), into rows for people.

What is not there gives no row, what has another form than published gives none either, and words that are not known
are shown as they are. What no row has is told by others.py; fields.py says where each published field is shown.
"""

from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any

from fleets.vehicles.state import body, care, charge, climate, driving, energy, theft
from fleets.vehicles.state.row import Reader, StateRow, Told
from fleets.vehicles.state.values import plain

Json = Any

_READERS: tuple[Reader, ...] = (
    theft.stolen,
    theft.alarm_trigger,
    body.locks,
    energy.levels,
    charge.charging,
    charge.planned,
    driving.ignition,
    driving.movement,
    body.lights,
    body.openings,
    climate.climate,
    driving.mileage,
    driving.position,
    driving.privacy,
    care.starter_battery,
    care.warnings,
    care.tyres,
    care.service,
    theft.alarm,
    energy.load,
    energy.health,
    charge.programs,
    charge.manner,
    climate.programs,
)


# Letters of a row, and rows: a cloud may send anything.
_LONGEST, _MOST = 1000, 100


def state_rows(state: Json, motorization: str = "", zone: tzinfo = UTC) -> list[StateRow]:
    """The rows that the state has something for, the most asked for first; times by the clocks of `zone`."""
    told = Told(state, motorization, zone)
    found = islice((row for reader in _READERS for row in reader(told)), _MOST)
    return [replace(row, text=plain(row.text, _LONGEST), note=plain(row.note, _LONGEST)) for row in found]
