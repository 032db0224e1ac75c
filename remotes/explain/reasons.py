"""The likely reasons of a failure for this very vehicle: plain functions over what is known of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

from fleets.vehicles import words as vehicle_words
from fleets.vehicles.dates import said_at
from fleets.vehicles.state import dig, energy_said_at
from fleets.vehicles.state.facts import (
    energies_of,
    is_locked,
    is_moving,
    is_on,
    is_plugged,
    is_reported_stolen,
    kinetic_of,
    level_of,
)
from fleets.vehicles.state.values import per_cent, plain, texts
from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from remotes.explain.facts import Facts
from remotes.models import RemoteAction
from remotes.words import codes
from remotes.words.causes import is_told
from remotes.words.describe import describe

LOW = 20
WEAK = 50
SILENCE = timedelta(minutes=1)
SHORT_TIME = timedelta(minutes=10)
LONG_TIME = timedelta(hours=24)
# Letters of a sentence: a cloud may send any words.
_LONGEST = 1000


@dataclass(frozen=True)
class Reason:
    """A sentence; `action_id` is the public id of the action that it is about, where it is about another one."""

    text: str
    action_id: str = ""


Finder = Callable[[Facts], Iterator[Reason]]


def likely(facts: Facts, cause: str) -> list[Reason]:
    """What speaks for this cause in what is known, the most telling first; then how often it was so."""
    finders = (*_BY_CAUSE.get(cause, ()), repeated, worked)
    found = [reason for finder in finders for reason in finder(facts)]
    return [replace(reason, text=plain(reason.text, _LONGEST)) for reason in found]


def drive_battery(facts: Facts) -> Iterator[Reason]:
    for energy in _energies(facts):
        level, at = level_of(energy), energy_said_at(energy, facts.state)
        if dig(energy, "type") != "Electric" or level is None or at is None:
            continue
        given = {"level": round(level), "when": _when(facts, at)}
        if facts.is_of_then(at) and level < WEAK:
            yield Reason(gettext("The drive battery showed %(level)d %% %(when)s.") % given)
        elif not facts.is_of_then(at) and level >= LOW:
            text = gettext("The drive battery showed %(level)d %% %(when)s, so trying again may work.")
            yield Reason(text % given)


def starter_battery(facts: Facts) -> Iterator[Reason]:
    level, at = per_cent(dig(facts.state, "battery", "voltage")), facts.measured_at("battery")
    if level is not None and level < WEAK and facts.is_of_then(at):
        text = gettext("The 12 V battery showed %(level)d %% %(when)s. With a weak one the vehicle is hard to wake up.")
        yield Reason(text % {"level": round(level), "when": _when(facts, at)})


def contact(facts: Facts) -> Iterator[Reason]:
    heard = facts.heard_at
    if heard is None:
        yield Reason(gettext("FleetRemote has never heard of this vehicle."))
    elif heard > facts.at:
        text = gettext("It was heard of again %(when)s, so trying again may work.")
        yield Reason(text % {"when": _when(facts, heard)})
    elif facts.at - heard > SILENCE:
        yield Reason(gettext("It was last heard of %(when)s.") % {"when": _when(facts, heard)})


def privacy(facts: Facts) -> Iterator[Reason]:
    word, at = dig(facts.state, "privacy", "state"), facts.measured_at("privacy")
    if not isinstance(word, str):
        return
    if word != "None" and facts.is_of_then(at):
        words = str(vehicle_words.PRIVACY.get(word, word))
        text = gettext("The vehicle reported its privacy %(when)s as “%(words)s”.")
        yield Reason(text % {"when": _when(facts, at), "words": words})
    elif word == "None" and at and not facts.is_of_then(at):
        text = gettext("Privacy was off %(when)s, so trying again may work.")
        yield Reason(text % {"when": _when(facts, at)})


def in_use(facts: Facts) -> Iterator[Reason]:
    at = facts.measured_at("ignition")
    if is_on(facts.state) and facts.is_of_then(at):
        yield Reason(gettext("The ignition was on %(when)s.") % {"when": _when(facts, at)})
    at = said_at(kinetic_of(facts.state))
    if is_moving(facts.state) and facts.is_of_then(at):
        yield Reason(gettext("The vehicle was moving %(when)s.") % {"when": _when(facts, at)})


def openings(facts: Facts) -> Iterator[Reason]:
    listed = dig(facts.state, "doorsState", "opening")
    opened = [item for item in listed if dig(item, "state") == "Open"] if isinstance(listed, list) else []
    at = facts.measured_at("doorsState")
    if opened and facts.is_of_then(at):
        names = [str(dig(item, "identifier")) for item in opened]
        text = gettext("The vehicle reported these as open %(when)s: %(what)s.")
        what = ", ".join(str(vehicle_words.OPENINGS.get(name, name)) for name in names)
        yield Reason(text % {"when": _when(facts, at), "what": what})


def locks(facts: Facts) -> Iterator[Reason]:
    words, at = texts(dig(facts.state, "doorsState", "lockedStates")), facts.measured_at("doorsState")
    if is_locked(facts.state) is False and facts.is_of_then(at):
        text = gettext("The vehicle reported its doors %(when)s as “%(what)s”.")
        what = ", ".join(str(vehicle_words.LOCK_STATES.get(word, word)) for word in words)
        yield Reason(text % {"when": _when(facts, at), "what": what})


def plug(facts: Facts) -> Iterator[Reason]:
    for energy in _energies(facts):
        charging = dig(energy, "extension", "electric", "charging")
        at = said_at(charging) or energy_said_at(energy, facts.state)
        if not facts.is_of_then(at):
            continue
        if is_plugged(charging) is False:
            yield Reason(gettext("It was not plugged in %(when)s.") % {"when": _when(facts, at)})
        elif dig(charging, "status") == "Failure":
            yield Reason(gettext("Charging had failed %(when)s.") % {"when": _when(facts, at)})


def stolen(facts: Facts) -> Iterator[Reason]:
    at = facts.measured_at("stolen")
    if is_reported_stolen(facts.state) and facts.is_of_then(at):
        yield Reason(gettext("The vehicle reported %(when)s that it is marked as stolen.") % {"when": _when(facts, at)})
    for action in facts.earlier:
        if action.remote_type == "Stolen" and action.status in statuses.CARRIED_OUT:
            yield _about(facts, action, gettext("“%(title)s” was carried out %(when)s."), action.finished_at)
            return


def capability(facts: Facts) -> Iterator[Reason]:
    title = gettext(facts.action.type.title)
    if facts.vehicle.gone_at is not None:
        yield Reason(gettext("The manufacturer's cloud no longer lists the vehicle in this fleet."))
    elif not facts.vehicle.can(facts.action.remote_type):
        yield Reason(
            gettext("The manufacturer does not list this feature for the vehicle: %(title)s.") % {"title": title}
        )
    elif facts.vehicle.capabilities is None:
        yield Reason(gettext("The manufacturer has not told which features this vehicle has."))


def same_under_way(facts: Facts) -> Iterator[Reason]:
    wanted = (facts.action.remote_type, facts.action.payload)
    for action in facts.earlier:
        if (action.remote_type, action.payload) == wanted and _was_under_way(action, facts.at):
            yield _about(facts, action, gettext("“%(title)s”, asked for %(when)s, was still under way."))
            return


def behind(facts: Facts) -> Iterator[Reason]:
    for action in facts.earlier:
        if _was_under_way(action, facts.at):
            yield _about(facts, action, gettext("“%(title)s”, asked for %(when)s, was still under way."))
            return


def many_at_once(facts: Facts) -> Iterator[Reason]:
    yield from _many(facts, SHORT_TIME)


def many_in_a_day(facts: Facts) -> Iterator[Reason]:
    yield from _many(facts, LONG_TIME)


def wakings(facts: Facts) -> Iterator[Reason]:
    total = sum(facts.wakings.values())
    if not total:
        return
    text = ngettext(
        "FleetRemote knows of %(total)d wake-up in that month.",
        "FleetRemote knows of %(total)d wake-ups in that month.",
        total,
    )
    yield Reason(text % {"total": total})
    name, number = max(facts.wakings.items(), key=lambda item: item[1])
    kind = gettext(REMOTE_TYPES[name].title) if name in REMOTE_TYPES else name
    if number > 1 and len(facts.wakings) > 1:
        text = gettext("Most of them, %(number)d, were for “%(title)s”.")
        yield Reason(text % {"number": number, "title": kind})
    elif number > 1:
        yield Reason(gettext("All of them were for “%(title)s”.") % {"title": kind})
    if facts.rules.wake_ups_a_month is not None:
        text = gettext("The fleet's rules allow %(limit)d a month, with a reserve of %(reserve)d for emergencies.")
        yield Reason(text % {"limit": facts.rules.wake_ups_a_month, "reserve": facts.rules.wake_reserve})


def repeated(facts: Facts) -> Iterator[Reason]:
    """How many commands in a row have failed for the same cause before."""
    count = 0
    for action in facts.earlier:
        if action.is_open or action.state == RemoteAction.State.CANCELLED:
            continue
        if action.failure_cause != facts.action.failure_cause:
            break
        count += 1
    if count and is_told(facts.action.failure_cause) and facts.action.failure_cause != statuses.GENERAL_ERROR:
        text = ngettext(
            "The command before it failed for the same reason.",
            "The %(count)d commands before it failed for the same reason.",
            count,
        )
        yield Reason(text % {"count": count})


def worked(facts: Facts) -> Iterator[Reason]:
    """Whether the same has worked since, or before."""
    for action in facts.later:
        if _has_worked(action) and _same(action, facts.action):
            text = gettext("The same has worked since: “%(title)s” was carried out %(when)s.")
            yield _about(facts, action, text, action.finished_at)
            return
    for action in facts.earlier:
        if _has_worked(action) and action.remote_type == facts.action.remote_type:
            text = gettext("It worked before: “%(title)s” was carried out %(when)s.")
            yield _about(facts, action, text, action.finished_at)
            return


def _many(facts: Facts, span: timedelta) -> Iterator[Reason]:
    sent = [action for action in facts.earlier if action.sent_at and facts.at - span <= action.sent_at <= facts.at]
    if len(sent) > 1:
        text = ngettext(
            "%(number)d other command was sent to this vehicle in the %(span)s before.",
            "%(number)d other commands were sent to this vehicle in the %(span)s before.",
            len(sent),
        )
        yield Reason(text % {"number": len(sent), "span": timesince(facts.at - span, facts.at, depth=1)})


def _about(facts: Facts, action: RemoteAction, text: str, at: datetime | None = None) -> Reason:
    given = {"title": describe(action.type, action.payload), "when": _when(facts, at or action.created_at)}
    return Reason(text % given, action.public_id)


def _when(facts: Facts, at: datetime | None) -> str:
    """A moment as seen from that of the failure, in the words that end a sentence."""
    if at is None:
        return gettext("at a time that is not known")
    if abs(at - facts.at) < timedelta(minutes=1):
        return gettext("at that time")
    if at < facts.at:
        return gettext("%(span)s before") % {"span": timesince(at, facts.at, depth=1)}
    return gettext("%(span)s after") % {"span": timesince(facts.at, at, depth=1)}


def _was_under_way(action: RemoteAction, at: datetime) -> bool:
    return bool(action.sent_at and action.sent_at <= at and (action.finished_at is None or action.finished_at >= at))


def _has_worked(action: RemoteAction) -> bool:
    return action.status in statuses.CARRIED_OUT and not action.is_open


def _same(action: RemoteAction, other: RemoteAction) -> bool:
    return (action.remote_type, action.payload) == (other.remote_type, other.payload)


def _energies(facts: Facts) -> list[Any]:
    return energies_of(facts.state, facts.vehicle.motorization)


_BATTERY = (drive_battery, starter_battery)
_CONTACT = (contact, starter_battery, drive_battery, privacy)
_PRIVACY = (privacy,)
_RIGHTS = (capability,)
_WAKINGS = (wakings,)
_STOLEN = (stolen,)
_SAME = (same_under_way,)

# By the cause of the protocol, or the code of an end of our own (remotes/words/codes.py).
_BY_CAUSE: dict[str, tuple[Finder, ...]] = {
    statuses.GENERAL_ERROR: (capability, contact),
    "VehicleError": (starter_battery, drive_battery),
    "WrongCommand": _RIGHTS,
    statuses.VEHICLE_CONNECTION_TIMEOUT: _CONTACT,
    statuses.MISSING_RIGHTS: _RIGHTS,
    "NotPossibleDueToVehicleBatteryLevel": _BATTERY,
    "NotPossibleDueToVehiclePrivacyLevel": _PRIVACY,
    statuses.TOO_MANY_WAKE_UPS: _WAKINGS,
    "TooManyRequestInShortTime": (many_at_once,),
    "TooManyRequestSent": (many_in_a_day,),
    statuses.SAME_ACTION_IN_PROGRESS: _SAME,
    "NotPossibleDueToVehicleStolenState": _STOLEN,
    "VehicleInUse": (in_use,),
    "DoorsOpen": (openings,),
    "VehicleErrorOrCidInside": (openings, in_use),
    "CidInside": (openings, in_use),
    "ExternalChargingSystemError": (plug,),
    "VehicleChargingSystemError": (plug, drive_battery),
    "VehicleIsNotLocked": (locks, openings),
    "CanceledByDriver": (in_use,),
    "AuthorizationError": _RIGHTS,
    "StolenVehicle": _STOLEN,
    "PrivacyFull": _PRIVACY,
    "HdmiRemoteServiceDeactivated": (privacy, contact),
    "AlertIdentificationFailedByVehicle": _STOLEN,
    codes.EXPIRED: (behind,),
    codes.EXPIRED_BECAUSE: (behind,),
    codes.NOT_ABLE: _RIGHTS,
    codes.GONE: _RIGHTS,
    codes.SAME: _SAME,
    codes.MOVING: (in_use,),
    codes.RESERVE: (wakings, contact),
    codes.REFUSED: _RIGHTS,
    codes.NEVER_KNOWN: (contact,),
    codes.NEVER_TOLD: (contact,),
}
