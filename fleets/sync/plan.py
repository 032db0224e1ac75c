"""Decides what a sync has to change: plain functions over what is listed upstream and what is known here.

A vehicle is its VIN. It is in one fleet; where upstream has it in several it stays where it is. It follows upstream to
another fleet once the old one surely no longer has it, and to another gateway once it is gone from the old one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from fleets.models.fleet import VIN_PATTERN


@dataclass(frozen=True, slots=True)
class Listed:
    """A vehicle as upstream lists it; `fleet` is the fleet's id upstream. Empty texts: upstream did not say."""

    vin: str
    fleet: str
    upstream_id: str
    motorization: str = ""
    brand: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A vehicle as we have it."""

    id: int
    vin: str
    gateway_id: int
    fleet_id: int
    upstream_id: str
    motorization: str
    brand: str
    model: str
    gone: bool
    created_at: datetime


@dataclass(frozen=True)
class Places:
    """The gateway that is synced: `fleets` our fleets by their ids upstream, `settled` those of our fleets whose
    vehicles were listed completely, or that upstream no longer has. The reading began at `since`."""

    gateway_id: int
    fleets: Mapping[str, int]
    settled: frozenset[int]
    since: datetime


@dataclass
class Plan:
    """What to do. `changed` and `back` hold vehicles as they shall be, `gone` the keys of rows."""

    new: list[Listed] = field(default_factory=list)
    changed: list[Known] = field(default_factory=list)
    back: list[Known] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class _LeftAlone(Exception):
    """A vehicle that stays as it is; the text says why."""


def unfit(vehicle: Listed) -> str | None:
    """Why a listed vehicle can't be taken in, None when it can."""
    if not re.fullmatch(VIN_PATTERN, vehicle.vin):
        return f"The VIN {vehicle.vin!r} in fleet {vehicle.fleet} is not valid; the vehicle is left out."
    if not 0 < len(vehicle.upstream_id) <= 200:
        return f"{vehicle.vin} has no id that can be used; it is left out."
    return None


def plan(listed: Iterable[Listed], known: Iterable[Known], places: Places) -> Plan:
    """Compare. `known` are all vehicles of this gateway, and those of others that are listed."""
    done = Plan()
    by_vin = {vehicle.vin: vehicle for vehicle in known}
    holders = {v.upstream_id: v.vin for v in by_vin.values() if v.gateway_id == places.gateway_id}
    seen: set[str] = set()
    for vin, group in groupby(sorted(listed, key=lambda item: item.vin), key=lambda item: item.vin):
        seen.add(vin)
        present = by_vin.get(vin)
        vehicle = _choose(list(group), present, places, done.problems)
        try:
            _check_id(vehicle, holders)
            if present is None:
                done.new.append(vehicle)
            else:
                _compare(present, vehicle, places, done)
            holders[vehicle.upstream_id] = vin
        except _LeftAlone as reason:
            done.problems.append(str(reason))
    done.gone = [v.id for v in by_vin.values() if v.vin not in seen and _is_gone(v, places)]
    return done


def _choose(group: list[Listed], present: Known | None, places: Places, problems: list[str]) -> Listed:
    """One of the entries with the same VIN: the one that we have, else one in its present fleet, else the first."""
    if present is not None:
        group.sort(key=lambda item: _distance(item, present, places))
    chosen = group[0]
    fleets = sorted({item.fleet for item in group})
    if len(fleets) > 1:
        problems.append(f"{chosen.vin} is listed in the fleets {', '.join(fleets)}; it is kept in {chosen.fleet}.")
    elif any(item.upstream_id != chosen.upstream_id for item in group):
        problems.append(f"{chosen.vin} is listed twice in fleet {chosen.fleet}; {chosen.upstream_id} is kept.")
    return chosen


def _distance(item: Listed, present: Known, places: Places) -> tuple[bool, bool]:
    return places.fleets.get(item.fleet) != present.fleet_id, item.upstream_id != present.upstream_id


def _check_id(vehicle: Listed, holders: Mapping[str, str]) -> None:
    holder = holders.get(vehicle.upstream_id, vehicle.vin)
    if holder != vehicle.vin:
        raise _LeftAlone(f"{vehicle.vin} is listed under the id of {holder}; it is left out.")


def _compare(present: Known, vehicle: Listed, places: Places, done: Plan) -> None:
    wanted = replace(
        present,
        gateway_id=places.gateway_id,
        fleet_id=places.fleets[vehicle.fleet],
        upstream_id=vehicle.upstream_id,
        motorization=vehicle.motorization or present.motorization,
        brand=vehicle.brand or present.brand,
        model=vehicle.model or present.model,
        gone=False,
    )
    if wanted.gateway_id != present.gateway_id and not present.gone:
        raise _LeftAlone(f"{vehicle.vin} belongs to another gateway, which has it still; it is left there.")
    if not _may_leave(present, wanted, places):
        raise _LeftAlone(
            f"{vehicle.vin} is listed in fleet {vehicle.fleet}, but may still be in the one where we have it."
        )
    if present.gone:
        done.back.append(wanted)
    elif wanted != present:
        done.changed.append(wanted)


def _may_leave(present: Known, wanted: Known, places: Places) -> bool:
    """From a fleet that this gateway does not have, or whose vehicles are surely known now; a gone one from any."""
    return (
        present.fleet_id == wanted.fleet_id
        or present.gone
        or present.fleet_id in places.settled
        or present.fleet_id not in places.fleets.values()
    )


def _is_gone(vehicle: Known, places: Places) -> bool:
    """Whether a vehicle that is not listed is gone; one that was made during the reading could not be in it."""
    return (
        vehicle.gateway_id == places.gateway_id
        and not vehicle.gone
        and vehicle.fleet_id in places.settled
        and vehicle.created_at < places.since
    )
