"""How v1 writes each remote type: one entry where its form is not the canonical one."""

from typing import Any

from protocol import payloads
from protocol.canonical.document import JsonObject
from protocol.canonical.form import Form, NoPlace
from protocol.canonical.moving import Fixed, Move
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.v1 import payloads as v1

NAME = "Connected Car v1"

_OCCURRENCE = Move("occurence", "occurrence")


def _charge_without_defaults(payload: JsonObject) -> JsonObject:
    """Without `immediate: false` beside what it can't stand beside: it is the default, which some clients write out."""
    charge = payload.get("charge")
    if not isinstance(charge, dict):
        return payload
    deferred = charge.get("deferred")
    if isinstance(deferred, dict):
        charge = {**charge, "deferred": {**deferred, **_start_without_default(deferred)}}
    if "settings" in charge or "deferred" in charge:
        charge = _without_false(charge)
    return {**payload, "charge": charge}


def _start_without_default(deferred: JsonObject) -> JsonObject:
    start = deferred.get("start")
    return {"start": _without_false(start)} if isinstance(start, dict) and "startTime" in start else {}


def _without_false(item: JsonObject) -> JsonObject:
    return {key: value for key, value in item.items() if key != "immediate" or value is not False}


def _is_daily(value: Any) -> bool:
    # v3's documented default; v1's programs recur.
    return bool(value == "Daily")


_FORMS = {
    "Locking": Form(NAME, payloads.LOCKING, no_place=(NoPlace("forced"),)),
    "Lights": Form(
        NAME,
        v1.LIGHTS,
        moves=(Move("on", "state", {True: "Activated", False: "Unactivated"}),),
        no_place=(NoPlace("duration"),),
    ),
    "Horn": Form(NAME, payloads.HORN, no_place=(NoPlace("number"),)),
    "WakeUp": Form(
        NAME,
        v1.WAKE_UP,
        moves=(Move("action", "action", {"WakeUp": "Wakeup"}),),
        absent={"action": "Wakeup"},
    ),
    "Preconditioning": Form(
        NAME,
        v1.PRECONDITIONING,
        moves=(Move("airConditioning.programs", "airConditioning.programs", each=(_OCCURRENCE,)),),
        no_place=(NoPlace("airConditioning.programs[].recurrence", _is_daily, "Daily, as v1's programs are"),),
    ),
    "Charging": Form(
        NAME,
        v1.CHARGING,
        moves=(
            Move("immediate", "charge.immediate"),
            Move("schedule.programs", "charge.programs", each=(_OCCURRENCE,)),
            Move(
                "preferences.level",
                "charge.settings.chargePreferenceRate",
                {"Level1": "Low", "Level2": "LowPlus", "Level3": "Med", "Level4": "MedPlus", "Level5": "High"},
            ),
            Move("preferences.type", "charge.settings.chargeLimit", {"Partial": "MedPlus", "Full": "High"}),
            Move("deferred", "charge.deferred"),
        ),
        no_place=(
            NoPlace("nextDelayedTime"),
            NoPlace("schedule.nextDelayedTime"),
            NoPlace("schedule.programs[].end"),
        ),
        tidy=_charge_without_defaults,
    ),
    "Stolen": Form(
        NAME,
        v1.STOLEN,
        moves=(Move("stolen", "state"), Move("immobilization", "crankInhibit")),
        no_place=(NoPlace("trackingPeriod"),),
    ),
    "Navigation": Form(
        NAME,
        v1.NAVIGATION,
        moves=(
            Move(
                "positions",
                "positions",
                each=(
                    Fixed("type", "Feature"),
                    Move("type", "geometry.type"),
                    Move("coordinates", "geometry.coordinates"),
                ),
            ),
        ),
        no_place=(NoPlace("driverApproval"),),
    ),
}

FORMS: dict[str, Form] = {
    name: _FORMS.get(name, Form(NAME, entry.schema)) for name, entry in REMOTE_TYPES.items() if entry.v1
}


def form_of(remote_type: RemoteType) -> Form:
    """The form of a remote type. Raises Invalid where v1 has none for it."""
    if remote_type.name not in FORMS:
        raise Invalid(remote_type.v3.key, f"is no remote action of {NAME}")
    return FORMS[remote_type.name]


def no_place(remote_type: RemoteType) -> tuple[str, ...]:
    """The fields of the canonical payload that v1 has no place for; of a type that it lacks, none are told."""
    form = FORMS.get(remote_type.name)
    return tuple(item.place for item in form.no_place) if form else ()
