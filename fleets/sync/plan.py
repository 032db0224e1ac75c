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
from fleets.sync import codes
from protocol.why import SaysWhy, Why

# Characters of an id upstream.
LONGEST_ID = 200


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
    """A vehicle as we have it; `gateway` is the name of its gateway."""

    id: int
    vin: str
    gateway: str
    gateway_id: int
    fleet_id: int
    upstream_id: str
    motorization: str
    brand: str
    model: str
    created_at: datetime
    gone: bool


@dataclass(frozen=True)
class Places:
    """The gateway that is synced: `fleets` our fleets by their ids upstream, `settled` those of our fleets whose
    vehicles were listed completely, or that upstream no longer has. The reading began at `since`."""

    gateway_id: int
    fleets: Mapping[str, int]
    settled: frozenset[int]
    since: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """What is left out, as it is listed, and why; `fleet` is the fleet's id upstream, empty for a fleet without one."""

    vin: str
    fleet: str
    upstream_id: str
    why: Why

    def told(self) -> Why:
        """The same in a sentence, for the log."""
        if not self.fleet:
            return self.why
        vehicle = f"{self.vin} ({self.upstream_id})" if self.vin and self.upstream_id else self.vin or self.upstream_id
        return Why(codes.LEFT_OUT, vehicle=vehicle or "?", fleet=self.fleet, why=self.why)


@dataclass
class Plan:
    """What to do. `changed` and `back` hold vehicles as they shall be, `gone` the keys of rows."""

    new: list[Listed] = field(default_factory=list)
    changed: list[Known] = field(default_factory=list)
    back: list[Known] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    left_out: list[Left] = field(default_factory=list)


class _LeftAlone(SaysWhy):
    """A vehicle that stays as it is."""


def unfit(vehicle: Listed) -> Why | None:
    """Why a listed vehicle can't be taken in, None when it can."""
    if not vehicle.vin:
        return Why(codes.NO_VIN)
    if not re.fullmatch(VIN_PATTERN, vehicle.vin):
        return Why(codes.NOT_A_VIN)
    if not vehicle.upstream_id:
        return Why(codes.NO_ID)
    if len(vehicle.upstream_id) > LONGEST_ID:
        return Why(codes.LONG_ID, most=LONGEST_ID)
    return None


def left(vehicle: Listed, why: Why) -> Left:
    return Left(vehicle.vin, vehicle.fleet, vehicle.upstream_id, why)


def plan(listed: Iterable[Listed], known: Iterable[Known], places: Places, named: Iterable[str] = ()) -> Plan:
    """Compare. `known` are all vehicles of this gateway, and those of others that are listed.

    `named` are VINs that are listed in a way that can't be taken in: such a vehicle is not gone.
    """
    done = Plan()
    by_vin = {vehicle.vin: vehicle for vehicle in known}
    holders = {v.upstream_id: v.vin for v in by_vin.values() if v.gateway_id == places.gateway_id}
    seen: set[str] = set(named)
    for vin, group in groupby(sorted(listed, key=lambda item: item.vin), key=lambda item: item.vin):
        seen.add(vin)
        present = by_vin.get(vin)
        vehicle, *others = _in_order(list(group), present, places)
        try:
            _check_id(vehicle, holders)
            if present is None:
                done.new.append(vehicle)
            else:
                _compare(present, vehicle, places, done)
            holders[vehicle.upstream_id] = vin
            done.left_out += [left(item, why) for item in others if (why := _second(item, vehicle))]
        except _LeftAlone as error:
            done.left_out += [left(item, error.why) for item in (vehicle, *others)]
    done.gone = [v.id for v in by_vin.values() if v.vin not in seen and _is_gone(v, places)]
    return done


def _in_order(group: list[Listed], present: Known | None, places: Places) -> list[Listed]:
    """The entries with the same VIN, first the one to keep: the one that we have, else one in its present fleet."""
    return group if present is None else sorted(group, key=lambda item: _distance(item, present, places))


def _second(item: Listed, kept: Listed) -> Why | None:
    """Why an entry beside the one that is kept is left out; None where both are the same."""
    if item.fleet != kept.fleet:
        return Why(codes.IN_OTHER_FLEET, fleet=kept.fleet)
    return Why(codes.UNDER_TWO_IDS, id=kept.upstream_id) if item.upstream_id != kept.upstream_id else None


def _distance(item: Listed, present: Known, places: Places) -> tuple[bool, bool]:
    return places.fleets.get(item.fleet) != present.fleet_id, item.upstream_id != present.upstream_id


def _check_id(vehicle: Listed, holders: Mapping[str, str]) -> None:
    holder = holders.get(vehicle.upstream_id, vehicle.vin)
    if holder != vehicle.vin:
        raise _LeftAlone(Why(codes.ID_OF_ANOTHER, vin=holder))


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
        raise _LeftAlone(Why(codes.AT_OTHER_GATEWAY, gateway=present.gateway))
    if not _may_leave(present, wanted, places):
        raise _LeftAlone(Why(codes.MAY_BE_ELSEWHERE))
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
