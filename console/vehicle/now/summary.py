"""A vehicle in one line: what somebody beside it wants to know first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fleets.models import Vehicle
from fleets.vehicles.state.facts import (
    charging_in,
    energies_of,
    is_charging,
    is_locked,
    is_moving,
    is_plugged,
    level_of,
)
from fleets.vehicles.state.values import with_unit


@dataclass(frozen=True)
class Summary:
    """`parts` say what is so, in few words; it was heard of last at `heard_at`, None where it never was."""

    parts: list[str]
    heard_at: datetime | None


def summary_of(vehicle: Vehicle) -> Summary:
    """Such as: Locked · 62 % · plugged in. No query."""
    state = vehicle.state
    parts = [_doors(state), *_levels(vehicle), _charge(state), _("moving") if is_moving(state) else ""]
    return Summary([part for part in parts if part], vehicle.heard_at)


def _doors(state: Any) -> str:
    locked = is_locked(state)
    return "" if locked is None else _("Locked") if locked else _("Not locked")


def _levels(vehicle: Vehicle) -> list[str]:
    levels = [level_of(energy) for energy in energies_of(vehicle.state, vehicle.motorization)]
    return [with_unit(level, "%") for level in levels if level is not None]


def _charge(state: Any) -> str:
    charge = charging_in(state)
    if is_charging(charge):
        return _("charging")
    plugged = is_plugged(charge)
    return "" if plugged is None else _("plugged in") if plugged else _("not plugged in")
