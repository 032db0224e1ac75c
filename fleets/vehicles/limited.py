"""Where a capability document speaks of a field of a payload: one entry for each field that it can limit.

Places are below `parameters` of the remote's entry, or, where that says nothing of a field, beside `supported`. Both
published files are meant, fleet-owner-v3.yaml and connected-car-v1.yaml as it is read (protocol/v1/vehicles.py), and
the words that clouds use besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleets.vehicles.limits import Scalar


@dataclass(frozen=True)
class Limited:
    """A field of the canonical payload (`programs[].temp` is one of each item) and the places that tell of it.

    `words`: what a document may call the payload's values. `flags_count`: a bare false means that the field is not
    taken; else only that it is not asked for.
    """

    path: str
    places: tuple[str, ...]
    words: Mapping[str, Scalar] = field(default_factory=dict)
    flags_count: bool = True


_ON_OFF = {"Activated": True, "Unactivated": False, "On": True, "Off": False}
_SOUND = {"On": "Activated", "Off": "Unactivated"}


def _states(path: str, words: Mapping[str, Scalar] | None = None) -> Limited:
    """A field that says what is to be: documents call its values `state`, `states`, `possibleStates` …"""
    places = (path, "state", "states", "possibleStates", "allowedStates", "possibleValues", "values")
    return Limited(path, tuple(dict.fromkeys(places)), words or {})


_CLIMATE, _WEEK = "airConditioning", "schedule.programs"

LIMITED: dict[str, tuple[Limited, ...]] = {
    "Locking": (_states("state"),),
    "Lights": (_states("on", _ON_OFF), Limited("duration", ("duration",))),
    "Horn": (_states("state", _SOUND), Limited("number", ("number", "numbers"))),
    "Immobilization": (_states("activate", _ON_OFF),),
    "Preconditioning": (
        Limited(f"{_CLIMATE}.immediate", ("immediate",)),
        Limited(f"{_CLIMATE}.programs", ("programs",)),
        Limited(f"{_CLIMATE}.programs[].temp", ("programs.temp", "programs.temperature", "temp", "temperature")),
        Limited(f"{_CLIMATE}.programs[].occurence", ("programs.occurence", "programs.occurrence")),
        Limited(f"{_CLIMATE}.programs[].recurrence", ("programs.recurrence",)),
        Limited(f"{_CLIMATE}.settings", ("settings",)),
        Limited(f"{_CLIMATE}.settings.temp", ("settings.temp", "settings.temperature", "temp", "temperature")),
        Limited(f"{_CLIMATE}.settings.mode", ("settings.mode", "mode")),
        Limited(f"{_CLIMATE}.settings.state", ("settings.state",)),
    ),
    "Charging": (
        Limited(_WEEK, ("schedule.programs",)),
        Limited(f"{_WEEK}[].occurence", ("schedule.programs.occurence", "schedule.programs.occurrence")),
        # v1's file requires both levels of each program, whatever the vehicle makes of them.
        *(
            Limited(f"{_WEEK}[].{name}", (f"schedule.programs.{name}",), flags_count=False)
            for name in ("minChargingLevel", "maxChargingLevel")
        ),
        Limited("schedule.nextDelayedTime", ("schedule.nextDelayedTime",)),
        Limited("nextDelayedTime", ("schedule.nextDelayedTime",)),
        # The published document of v3 describes `preferences` beside `schedule`, and requires it inside.
        Limited("preferences.level", ("preferences.level", "schedule.preferences.level")),
        Limited("preferences.type", ("preferences.type", "schedule.preferences.type")),
        Limited("deferred", ("deferred",)),
    ),
    "Stolen": (
        Limited("stolen", ("stolen",)),
        Limited("trackingPeriod", ("trackingPeriod",)),
        Limited("trackingPeriod.running", ("trackingPeriod.running",)),
        Limited("trackingPeriod.shutdown", ("trackingPeriod.shutdown",)),
        Limited("immobilization", ("immobilization", "crankInhibit")),
    ),
    "Navigation": (Limited("positions", ("positions",)), Limited("driverApproval", ("driverApproval",))),
    "Tan": (
        Limited("suppress", ("suppress",)),
        Limited("suppress.duration", ("suppress.duration", "duration")),
        Limited("confirm", ("confirm",)),
    ),
}
