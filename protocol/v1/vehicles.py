"""Vehicles and what they can do: Vehicle and VehicleCapability of connected-car-v1.yaml.

The canonical forms are v3's: Vehicle with its OnboardCapabilities. What only v1 has stays at its place (a charging
program's `occurrence`, `minChargingLevel`, `maxChargingLevel`, a climate program's `temperature`), and so does what
neither file knows.
"""

from copy import deepcopy
from typing import Any

from protocol.canonical.document import JsonObject
from protocol.ids import id_text
from protocol.v1.reshaping import fill, move, objects

# Keys of capabilities as a cloud may also spell them, and as both published files do.
_SPELLINGS = {"locking": "door", "wakeUp": "wakeup"}
_SCOPES = {
    key: f"remote:{key}:write"
    for key in ("preconditioning", "door", "horn", "charging", "lights", "wakeup", "navigation")
}
# So many programs at the most, as the pages say where a document does not.
_CLIMATE_PROGRAMS, _CHARGING_PROGRAMS = 4, 2
# State is in no list of v1: nothing carries it there.
_NOT_IN_V1 = "state"


def decode_vehicle(document: JsonObject) -> JsonObject:
    """The v3 Vehicle that a v1 Vehicle says. Its id is `id`, else the end of its own link, else its VIN."""
    vehicle = deepcopy(document)
    link = next((item for links in objects(vehicle.get("_links")) for item in objects(links.get("self"))), {})
    href = link.get("href")
    end = href.partition("?")[0].rstrip("/").rpartition("/")[2] if isinstance(href, str) else ""
    found = id_text(vehicle.get("id")) or end or id_text(vehicle.get("vin"))
    return {**vehicle, "id": found} if found else vehicle


def decode_capability(document: JsonObject) -> JsonObject:
    """The v3 Vehicle with the extensions `onboardCapabilities` and `branding` that a VehicleCapability says.

    `brand` and `model` become the branding; where no brand is named, its code (`brandCode`) is what there is.
    """
    vehicle = deepcopy(document)
    capabilities = vehicle.pop("onboardCapabilities", None)
    if capabilities is not None:
        _embed(vehicle, "onboardCapabilities", capabilities)
    for remote in _remotes(capabilities):
        for spelling, key in _SPELLINGS.items():
            move(remote, spelling, key)
        fill(remote, **{_NOT_IN_V1: {"supported": False}})
        for charging in _parameters(remote, "charging"):
            _decode_charging(charging)
    branding: JsonObject = {}
    fill(branding, brand=vehicle.get("brand") or vehicle.get("brandCode"), label=vehicle.get("model"))
    if branding:
        _embed(vehicle, "branding", branding)
    return vehicle


def encode_capability(vehicle: JsonObject) -> JsonObject:
    """The VehicleCapability that a v3 Vehicle says: `vin`, `motorization`, `brand` or the branding, and what it can do.

    v1 asks for more than v3 does: what a document leaves out is said as it is taken here, that nothing speaks against
    it. Its `_links` are dropped.
    """
    document = deepcopy(vehicle)
    document.pop("_links", None)
    for embedded in objects(document.get("_embedded")):
        for extension in objects(embedded.get("extension")):
            move(extension, "onboardCapabilities", "onboardCapabilities", document)
            for branding in objects(extension.pop("branding", None)):
                fill(document, brand=branding.pop("brand", None), model=branding.pop("label", None))
                if branding:
                    extension["branding"] = branding
        if not embedded.get("extension"):
            embedded.pop("extension", None)
        if not embedded:
            del document["_embedded"]
    for remote in _remotes(document.get("onboardCapabilities")):
        _encode_remotes(remote)
    return document


def _embed(vehicle: JsonObject, name: str, value: Any) -> None:
    embedded = vehicle.setdefault("_embedded", {})
    extension = embedded.setdefault("extension", {}) if isinstance(embedded, dict) else None
    if isinstance(extension, dict):
        extension.setdefault(name, value)


def _remotes(capabilities: Any) -> list[JsonObject]:
    return [remote for item in objects(capabilities) for remote in objects(item.get("remote"))]


def _parameters(remote: JsonObject, key: str) -> list[JsonObject]:
    return [parameters for item in objects(remote.get(key)) for parameters in objects(item.get("parameters"))]


def _decode_charging(parameters: JsonObject) -> None:
    """v3 has programs and the next charge in a schedule, and says twice where the preferences are."""
    move(parameters, "settings", "preferences")
    schedule = parameters.setdefault("schedule", {})
    if isinstance(schedule, dict):
        move(parameters, "programs", "programs", schedule)
        # A moment of the next charge has no place in v1, whatever the vehicle can do.
        fill(schedule, nextDelayedTime=False, preferences=deepcopy(parameters.get("preferences")))


def _encode_remotes(remote: JsonObject) -> None:
    for spelling, key in _SPELLINGS.items():
        move(remote, spelling, key)
    for told in objects(remote.get(_NOT_IN_V1)):
        if told.get("supported") is False and len(told) == 1:
            del remote[_NOT_IN_V1]
    for key in (*_SCOPES, "stolen"):
        for item in objects(remote.setdefault(key, {})):
            fill(item, supported=True, scopeName=_SCOPES.get(key))
    for tan in objects(remote.get("tan")):
        fill(remote, tanSuppress={"supported": tan.get("supported") is not False})
    for item in objects(remote["preconditioning"]):
        for parameters in objects(item.setdefault("parameters", {})):
            for programs in objects(parameters.get("programs")):
                fill(programs, size=_CLIMATE_PROGRAMS)
    for item in objects(remote["charging"]):
        for parameters in objects(item.setdefault("parameters", {})):
            _encode_charging(parameters)


def _encode_charging(parameters: JsonObject) -> None:
    schedule = parameters.get("schedule")
    if isinstance(schedule, dict):
        inner = schedule.get("preferences")
        if isinstance(inner, dict) and parameters.setdefault("preferences", inner) == inner:
            del schedule["preferences"]
        move(schedule, "programs", "programs", parameters)
        if schedule.get("nextDelayedTime") is False:
            del schedule["nextDelayedTime"]
        if not schedule:
            del parameters["schedule"]
    move(parameters, "preferences", "settings")
    fill(parameters, immediate={}, programs={}, settings={})
    for programs in objects(parameters["programs"]):
        # v3's programs take days, and no levels.
        fill(programs, supported=True, size=_CHARGING_PROGRAMS, occurrence=True)
        fill(programs, minChargingLevel=False, maxChargingLevel=False)
