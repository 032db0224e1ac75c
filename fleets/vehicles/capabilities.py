"""What a vehicle may be asked to do, as upstream tells it: OnboardCapabilities of fleet-owner-v3.yaml.

The document has one entry a remote key under `remote`, `{supported, scopeName, parameters}`. It must name
preconditioning, door, horn, charging, lights, wakeup, navigation and stolen. What it says nothing of stays allowed, and
upstream decides: so State, Immobilization, and the extension types VehicleFinder, Tan and OnboardPersonalData, which
the published document has no place for. Where an upstream names them all the same, its word counts. A key is found
whatever its capitals (`wakeup` here, `wakeUp` in a remote) and under v1's name too. A value of another form than
published says nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fleets.vehicles.state import dig
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.why import Why, code
from protocol.why import gettext_noop as _

Json = Any

NOT_SUPPORTED = code("not-supported", _("%(path)s is not supported"))
NO_START_AT_ONCE = code("no-start-at-once", _("%(path)s is not supported; charging can't be started at once"))
NO_STOP_AT_ONCE = code("no-stop-at-once", _("%(path)s is not supported; charging can't be stopped at once"))
TOO_MANY_PROGRAMS = code("too-many-programs", _("%(path)s has %(number)s programs; %(most)s at the most"))


def remote_types(document: Json) -> list[str] | None:
    """Names of the catalogue's remote types that the vehicle has; None where the document does not tell."""
    if not isinstance(dig(document, "remote"), dict):
        return None
    return [name for name, entry in REMOTE_TYPES.items() if dig(_capability(document, entry), "supported") is not False]


def refusal(document: Json, remote_type: str, payload: Json) -> Why | None:
    """Why the vehicle can't do this, with the path of the field at fault; None when nothing speaks against it.

    `remote_type` is a name of the catalogue, `payload` a valid one in its canonical form.
    """
    entry = REMOTE_TYPES[remote_type]
    capability = _capability(document, entry)
    if dig(capability, "supported") is False:
        return Why(NOT_SUPPORTED, path=entry.v3.key)
    find = _FINDERS.get(remote_type)
    parameters = dig(capability, "parameters")
    why = next(find(parameters, payload), None) if find else None
    return Why(why.code, **{**why.values, "path": f"{entry.v3.key}.{why.values['path']}"}) if why else None


def _capability(document: Json, entry: RemoteType) -> Json:
    keys = {key.casefold() for key in (entry.v3.key, *([entry.v1.key] if entry.v1 else ()))}
    remote = dig(document, "remote")
    found = remote.items() if isinstance(remote, dict) else ()
    return next((value for key, value in found if key.casefold() in keys), None)


def _preconditioning(parameters: Json, payload: Json) -> Iterator[Why]:
    """`parameters` {programs {size}, immediate}."""
    climate = dig(payload, "airConditioning")
    if dig(climate, "immediate") is not None and dig(parameters, "immediate") is False:
        yield Why(NOT_SUPPORTED, path="airConditioning.immediate")
    # A program that is deleted takes no place.
    programs = [item for item in _items(dig(climate, "programs")) if dig(item, "actionsType") != "Delete"]
    yield from _too_many("airConditioning.programs", programs, dig(parameters, "programs", "size"))


def _charging(parameters: Json, payload: Json) -> Iterator[Why]:
    """`parameters` {immediate {start, stop}, schedule {programs {supported, size}, nextDelayedTime}, preferences}."""
    later = "schedule" in payload or "nextDelayedTime" in payload
    wanted = dig(payload, "immediate")
    if wanted is True and dig(parameters, "immediate", "start") is False:
        yield Why(NO_START_AT_ONCE, path="immediate: true")
    # Beside a schedule, `immediate: false` stops nothing: it only says "not now".
    if wanted is False and not later and dig(parameters, "immediate", "stop") is False:
        yield Why(NO_STOP_AT_ONCE, path="immediate: false")
    yield from _charging_schedule(dig(parameters, "schedule"), payload)
    yield from _charging_preferences(parameters, dig(payload, "preferences"))


def _charging_schedule(allowed: Json, payload: Json) -> Iterator[Why]:
    for path in (("schedule", "nextDelayedTime"), ("nextDelayedTime",)):
        if dig(payload, *path) is not None and dig(allowed, "nextDelayedTime") is False:
            yield Why(NOT_SUPPORTED, path=".".join(path))
    programs = _items(dig(payload, "schedule", "programs"))
    if programs and dig(allowed, "programs", "supported") is False:
        yield Why(NOT_SUPPORTED, path="schedule.programs")
    yield from _too_many("schedule.programs", programs, dig(allowed, "programs", "size"))


def _charging_preferences(parameters: Json, wanted: Json) -> Iterator[Why]:
    """The published document describes `preferences` beside `schedule`, and requires it inside: both places count."""
    for name in ("level", "type"):
        places = (("preferences",), ("schedule", "preferences"))
        if dig(wanted, name) is not None and any(dig(parameters, *place, name) is False for place in places):
            yield Why(NOT_SUPPORTED, path=f"preferences.{name}")


def _too_many(path: str, programs: list[Json], size: Json) -> Iterator[Why]:
    if isinstance(size, int) and not isinstance(size, bool) and len(programs) > size:
        yield Why(TOO_MANY_PROGRAMS, path=path, number=str(len(programs)), most=str(size))


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


_FINDERS: dict[str, Callable[[Json, Json], Iterator[Why]]] = {
    "Preconditioning": _preconditioning,
    "Charging": _charging,
}
