"""What a vehicle may be asked to do, as upstream tells it: OnboardCapabilities, in its canonical form.

The document has one entry a remote key under `remote`, `{supported, scopeName, parameters}`. It must name
preconditioning, door, horn, charging, lights, wakeup, navigation and stolen. What it says nothing of stays allowed, and
upstream decides: so State, Immobilization, and the extension types VehicleFinder, Tan and OnboardPersonalData, which
v3's published document has no place for. Where an upstream names them all the same, its word counts. A key is found
whatever its capitals (`wakeup` here, `wakeUp` in a remote) and under v1's name too. A value of another form than
published says nothing, but for the ways of saying a limit that fleets/vehicles/limits.py knows.
"""

from collections.abc import Iterator
from typing import Any

from fleets.vehicles.limited import LIMITED, Limited
from fleets.vehicles.limits import NONE, NOT_SUPPORTED, Limit, Scalar, breaches, read_limit
from fleets.vehicles.state import dig
from protocol.canonical.moving import places
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.schema import Schema
from protocol.why import Why, code
from protocol.why import gettext_noop as _

Json = Any

NO_START_AT_ONCE = code("no-start-at-once", _("%(path)s is not supported; charging can't be started at once"))
NO_STOP_AT_ONCE = code("no-stop-at-once", _("%(path)s is not supported; charging can't be stopped at once"))
TOO_MANY_PROGRAMS = code("too-many-programs", _("%(path)s has %(number)s programs; %(most)s at the most"))
NO_SUCH_SLOT = code("no-such-slot", _("%(path)s is %(value)s; this vehicle has the slots 1 to %(most)s"))

# v1 names the half of Tan that pauses theft alerts.
_SUPPRESS = "tanSuppress"


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
    if dig(_capability(document, entry), "supported") is False:
        return Why(NOT_SUPPORTED, path=entry.v3.key)
    why = next(_breaches(document, entry, payload), None)
    return Why(why.code, **{**why.values, "path": f"{entry.v3.key}.{why.values['path']}"}) if why else None


def allowed(document: Json, remote_type: str) -> dict[str, dict[str, Any]]:
    """What the vehicle takes, by the path of the field in the payload (`airConditioning.programs[].temp`).

    Only of fields that the document says something of: {supported: false}, or of {values, min, max, size}.
    """
    entry = REMOTE_TYPES[remote_type]
    told = {field.path: limit.plain() for field, limit in _limits(document, entry)}
    if remote_type == "Charging":
        for name, value in (("start", True), ("stop", False)):
            if dig(_capability(document, entry), "parameters", "immediate", name) is False:
                told["immediate"] = {"supported": False} if "immediate" in told else {"values": [not value]}
    return {path: limit for path, limit in told.items() if limit}


def _capability(document: Json, entry: RemoteType) -> Json:
    keys = {key.casefold() for key in (entry.v3.key, *([entry.v1.key] if entry.v1 else ()))}
    remote = dig(document, "remote")
    found = remote.items() if isinstance(remote, dict) else ()
    return next((value for key, value in found if key.casefold() in keys), None)


def _breaches(document: Json, entry: RemoteType, payload: Json) -> Iterator[Why]:
    if entry.name == "Charging":
        yield from _at_once(dig(_capability(document, entry), "parameters"), payload)
    for field, limit in _limits(document, entry):
        if limit == NONE:
            continue
        given = [(path, value) for path, value in places(payload, field.path) if value is not None]
        for path, value in given:
            if field.path.endswith("programs"):
                yield from _programs(limit, path, value)
            elif not (field.path.endswith(".occurence") and not dig(value, "day")):
                yield from breaches(limit, path, value)


def _at_once(parameters: Json, payload: Json) -> Iterator[Why]:
    """`parameters` {immediate {start, stop}}: of one field, one value each."""
    later = "schedule" in payload or "nextDelayedTime" in payload
    # v1 says the same in two places.
    place = "immediate" if "immediate" in payload else "deferred.start.immediate"
    wanted = dig(payload, *place.split("."))
    if wanted is True and dig(parameters, "immediate", "start") is False:
        yield Why(NO_START_AT_ONCE, path=f"{place}: true")
    # Beside a schedule, `immediate: false` stops nothing: it only says "not now".
    if wanted is False and not later and dig(parameters, "immediate", "stop") is False:
        yield Why(NO_STOP_AT_ONCE, path=f"{place}: false")


def _programs(limit: Limit, path: str, value: Json) -> Iterator[Why]:
    """So many programs, in so many slots. A program that is deleted takes no place."""
    programs = value if isinstance(value, list) else []
    if not limit.supported and programs:
        yield Why(NOT_SUPPORTED, path=path)
    if limit.size is None:
        return
    kept = [(n, item) for n, item in enumerate(programs) if dig(item, "actionsType") != "Delete"]
    if len(kept) > limit.size:
        yield Why(TOO_MANY_PROGRAMS, path=path, number=str(len(kept)), most=str(limit.size))
    for n, item in kept:
        slot = dig(item, "slot")
        if isinstance(slot, int) and slot > limit.size:
            yield Why(NO_SUCH_SLOT, path=f"{path}[{n}].slot", value=str(slot), most=str(limit.size))


def _limits(document: Json, entry: RemoteType) -> Iterator[tuple[Limited, Limit]]:
    capability = _capability(document, entry)
    told = dig(capability, "parameters")
    around = [{"values": told} if isinstance(told, list) else told, capability]
    for field in LIMITED.get(entry.name, ()):
        limit = NONE
        known = _known_values(entry.schema, field.path)
        for value in (dig(place, *name.split(".")) for place in around for name in field.places):
            if field.flags_count or not isinstance(value, bool):
                limit += read_limit(value, known, field.words)
        if field.path == "suppress" and dig(document, "remote", _SUPPRESS, "supported") is False:
            limit += Limit(supported=False)
        yield field, limit


def _known_values(schema: Schema, path: str) -> tuple[Scalar, ...]:
    """All values that a field can have, where the wire names them."""
    for name in path.split("."):
        schema = schema.get("properties", {}).get(name.removesuffix("[]"), {})
        schema = schema.get("items", {}) if name.endswith("[]") else schema
    return (True, False) if schema.get("type") == "boolean" else tuple(schema.get("enum", ()))
