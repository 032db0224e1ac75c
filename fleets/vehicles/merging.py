"""A vehicle's state is put together of all that was told of it: of each part what the vehicle said last.

A part is an object of the published Status with a date of its own (fleets/vehicles/dates.py); what has none belongs to
the part that it stands in. Parts of a list are told apart by their `type`, their `id` and their place among equals.
Clouds give old states after new ones, and states of which some parts are old. In whichever order states come, the same
one is put together.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fleets.vehicles.dates import LONG_AGO, TRUSTED, read_moment, said_at
from fleets.vehicles.state.facts import hides_position, tells_mileage
from fleets.vehicles.state.values import dig, number
from protocol.canonical.event import format_time

Json = Any

SKEW = timedelta(minutes=1)
"""So far ahead of us a date may lie; one beyond it counts as the moment at which it arrived."""

# Stands in privacy, once it is off again: when it hid the position last.
_HIDDEN = "positionHiddenUntil"
# An answer with nothing else says nothing of the vehicle, not even that it has told.
_FRAME = {"vin", "_links"}
# Of a state without any date: it is newer than what came before, and nobody knows its age.
_UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Dates:
    """Of the part in which two nodes stand that are the same part of either state."""

    kept: datetime | None
    told: datetime | None

    @property
    def is_told(self) -> bool:
        """Whether what was told counts; where neither has a later date, what came last."""
        return (self.told or LONG_AGO) >= (self.kept or LONG_AGO)


def merged(kept: Json, told: Json, told_at: datetime) -> Json:
    """The state after `told` has come at `told_at`; `kept` is the one before, empty where there was none."""
    ahead, now = told_at + SKEW, format_time(told_at)
    state = _grounded(_without_false_mileage(told), ahead, dict.fromkeys(TRUSTED, now))
    hidden = [_hidden_until(kept), _hidden_until(state, said_at(state) or told_at)]
    if kept and isinstance(state, dict) and not state.keys() - _FRAME:
        return kept
    if kept and isinstance(kept, dict) and isinstance(state, dict):
        # Kept by an earlier version: it proves nothing.
        state = _Merge(now).objects(_grounded(as_told(kept), ahead, {}), state, _Dates(None, _UNDATED))
    return _without_hidden(state, max(filter(None, hidden), default=None))


def as_told(state: Json) -> Json:
    """A state as it is kept, without what is kept for putting states together."""
    if not isinstance(dig(state, "privacy"), dict) or _HIDDEN not in state["privacy"]:
        return state
    privacy = {name: item for name, item in state["privacy"].items() if name != _HIDDEN}
    return {name: item for name, item in state.items() if name != "privacy"} | ({"privacy": privacy} if privacy else {})


def _grounded(node: Json, ahead: datetime, instead: dict[str, str]) -> Json:
    """The same with others in place of dates that lie ahead, or none; without dates that can't be read.

    What is left is read alike here and by PostgreSQL.
    """
    if isinstance(node, list):
        return [_grounded(item, ahead, instead) for item in node]
    if not isinstance(node, dict):
        return node
    dates = {name: read_moment(node[name]) for name in TRUSTED if isinstance(node.get(name), str)}
    told = {name: node[name].upper().replace(" ", "T") for name, at in dates.items() if at and at <= ahead}
    found = {name: _grounded(item, ahead, instead) for name, item in node.items() if name not in dates}
    return found | told | {name: instead[name] for name, at in dates.items() if at and at > ahead and name in instead}


@dataclass(frozen=True)
class _Merge:
    """`now`: the moment of arrival, as it stands in place of dates that lie ahead."""

    now: str

    def objects(self, kept: Json, told: Json, outer: _Dates) -> Json:
        """What belongs to the object itself by its dates, the parts in it by theirs."""
        dates = _Dates(said_at(kept) or outer.kept, said_at(told) or outer.told)
        stands_still = _stands_still(kept, told)
        if stands_still:
            dates = _Dates(read_moment(_holder(kept).get("updatedAt")) or outer.kept, outer.told)
        elif dates.kept == dates.told:
            # Neither is the later one by itself.
            dates = outer
        is_told = dates.is_told and not self._says_again(kept, told)
        is_place = "geometry" in kept or "geometry" in told
        found = self._joined(kept, told, dates, is_told) if not is_place else told if is_told else kept
        return _dated_anew(found, dates.told if is_told else dates.kept) if stands_still else found

    def _joined(self, kept: Json, told: Json, dates: _Dates, is_told: bool) -> Json:
        first, other = (told, kept) if is_told else (kept, told)
        both = {name: self._both(kept[name], told[name], dates, is_told) for name in first if name in other}
        others = {name: item for name, item in other.items() if name not in first and _is_dated(item)}
        return first | both | others

    def _both(self, kept: Json, told: Json, dates: _Dates, is_told: bool) -> Json:
        if isinstance(kept, dict) and isinstance(told, dict):
            return self.objects(kept, told, dates)
        old, new = _by_type(kept), _by_type(told)
        if old and new:
            return list(self._joined(old, new, dates, is_told).values())
        return told if is_told else kept

    def _says_again(self, kept: Json, told: Json) -> bool:
        """Whether its date lay ahead, and it is what was known already, which has its age."""
        at = said_at(told)
        if at is None or format_time(at) != self.now or said_at(kept) is None:
            return False
        return bool(_own(told)) and _own(kept) == _own(told)


def _stands_still(kept: Json, told: Json) -> bool:
    """Whether the date of both is the same though what they say is not: it is not believed then, nor later."""
    before, after = _holder(kept), _holder(told)
    if not before.get("createdAt") or before["createdAt"] != after.get("createdAt") or "updatedAt" in after:
        return False
    return "updatedAt" in before or _own(kept) != _own(told)


def _dated_anew(part: Json, said: datetime | None) -> Json:
    """The part whose own date stands still: as old as the document that it came in, or nobody knows."""
    dates = {name: item for name, item in _holder(part).items() if name != "createdAt"}
    if said not in (None, _UNDATED):
        dates |= {"updatedAt": format_time(said), "createdAt": _holder(part)["createdAt"]}
    return part | {"properties": dates} if "geometry" in part else dates


def _holder(part: Json) -> Json:
    """Where the dates of a part stand."""
    inner = part.get("properties") if "geometry" in part else part
    return inner if isinstance(inner, dict) else {}


def _own(part: Json) -> Json:
    """What the part says itself, without its dates and the parts in it."""
    if "geometry" in part:
        return part["geometry"]
    return {name: item for name, item in part.items() if name not in TRUSTED and not _is_dated(item)}


def _is_dated(node: Json) -> bool:
    """Whether it is a part, or has one in it."""
    if isinstance(node, list):
        return any(map(_is_dated, node))
    return isinstance(node, dict) and (said_at(node) is not None or any(map(_is_dated, node.values())))


def _by_type(items: Json) -> dict[str, Json]:
    """The parts of a list, each by what tells it from the others; empty where it is no list of parts."""
    if not isinstance(items, list) or not _is_dated(items) or not all(isinstance(item, dict) for item in items):
        return {}
    seen = Counter[str]()
    found: dict[str, Json] = {}
    for item in items:
        name = f"{item.get('type')} {item.get('id')}"
        found[f"{name} {seen[name]}"] = item
        seen[name] += 1
    return found


def _without_false_mileage(told: Json) -> Json:
    """Without an odometer that is not to be believed, so that the one that is known stays."""
    found = _without_odometer(told, told)
    extension = dig(found, "_embedded", "extension")
    if isinstance(extension, dict):
        found = found | {"_embedded": found["_embedded"] | {"extension": _without_odometer(extension, told)}}
    return found


def _without_odometer(holder: Json, told: Json) -> Json:
    odometer = dig(holder, "odometer")
    if odometer is None or number(dig(odometer, "mileage")) is None or tells_mileage(odometer, told):
        return holder
    return {name: item for name, item in holder.items() if name != "odometer"}


def _hidden_until(state: Json, at: datetime | None = None) -> datetime | None:
    """When the vehicle said last that its position is not to be known; `at` where that bears no date."""
    said = (said_at(state["privacy"]) or at) if hides_position(state) else None
    return said or read_moment(dig(state, "privacy", _HIDDEN))


def _without_hidden(state: Json, hidden: datetime | None) -> Json:
    """Without a position from before the vehicle has said that none is to be known, and with a note of when that was.

    So that it does not come back with a state that comes later and is older.
    """
    privacy = dig(state, "privacy") or {}
    if hidden is None or not isinstance(privacy, dict):
        return state
    if not hides_position(state) or not said_at(privacy):
        state = state | {"privacy": privacy | {_HIDDEN: format_time(hidden)}}
    if "lastPosition" not in state or (said_at(state["lastPosition"]) or LONG_AGO) >= hidden:
        return state
    return {name: item for name, item in state.items() if name != "lastPosition"}
