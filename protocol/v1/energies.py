"""The energies of a vehicle: how full, how far, and how its battery is charged (Energy of both published files)."""

from typing import Any

from protocol.canonical.document import JsonObject
from protocol.v1.reshaping import fill, move, objects, reword, words_back

_SUB_TYPES = {"Fuel": "FossilEnergy", "Electric": "ElectricEnergy"}
# v3 counts the five steps of the current that v1 names, and calls Partial what v1 ends at 80 %.
RATES = {"Low": "Level1", "LowPlus": "Level2", "Med": "Level3", "MedPlus": "Level4", "High": "Level5"}
LIMITS = {"MedPlus": "Partial", "High": "Full"}
# Where v1 has what v3 says beside the status of the charge: (in settings, in v3).
_SETTINGS = (
    ("chargingSpeed", "chargingRate"),
    ("chargingMode", "chargingMode"),
    ("chargePreferenceRate", "chargingPowerLevel"),
    ("chargeLimit", "type"),
)


def decode_energy(energy: JsonObject) -> None:
    """Make of v1's energy the canonical one, in place."""
    for extension in objects(energy.get("extension")):
        for fuel in objects(extension.get("fuel")):
            move(fuel, "consumption", "consumptions")
        for electric in objects(extension.get("electric")):
            for charging in objects(electric.get("charging")):
                _decode_charging(charging)


def encode_energy(energy: JsonObject) -> None:
    """Make of a canonical energy v1's, in place."""
    fill(energy, subType=_SUB_TYPES.get(str(energy.get("type"))))
    for extension in objects(energy.get("extension")):
        for fuel in objects(extension.get("fuel")):
            move(fuel, "consumptions", "consumption")
        for electric in objects(extension.get("electric")):
            for charging in objects(electric.get("charging")):
                _encode_charging(charging)


def _decode_charging(charging: JsonObject) -> None:
    settings = charging.get("settings")
    if isinstance(settings, dict):
        for name, other in _SETTINGS:
            # What is deprecated may still stand beside the settings.
            if name in settings and other in charging and settings[name] == charging[other]:
                del charging[other]
            move(settings, name, other, charging)
        if not settings:
            del charging["settings"]
    if charging.get("chargingSpeed") == charging.get("chargingRate"):
        charging.pop("chargingSpeed", None)
    move(charging, "chargingSpeed", "chargingRate")
    reword(charging, "chargingPowerLevel", RATES)
    reword(charging, "type", LIMITS)
    for holder in (charging, charging.get("schedule")):
        if isinstance(holder, dict) and isinstance(holder.get("programs"), list):
            holder["programs"] = list(_flat(holder["programs"]))
    schedule = charging.get("schedule", {})
    if "programs" in charging and isinstance(schedule, dict):
        # The deprecated place of the programs.
        if schedule.get("programs") == charging["programs"]:
            del charging["programs"]
        elif "programs" not in schedule:
            charging["schedule"] = {**schedule, "programs": charging.pop("programs")}
    for program in objects(_programs(charging)):
        move(program, "occurrence", "occurence")
        move(program, "chargeToFull", "chargeUntilFull")


def _encode_charging(charging: JsonObject) -> None:
    if charging.get("plugged") is False:
        fill(charging, status="Disconnected")
    reword(charging, "chargingPowerLevel", words_back(RATES))
    reword(charging, "type", words_back(LIMITS))
    settings = charging.setdefault("settings", {})
    if isinstance(settings, dict):
        for name, other in _SETTINGS:
            move(charging, other, name, settings)
        if not settings:
            del charging["settings"]
    schedule = charging.get("schedule")
    programs = _programs(charging)
    for program in objects(programs):
        move(program, "occurence", "occurrence")
        move(program, "chargeUntilFull", "chargeToFull")
        # Required there, and these are what says nothing.
        fill(program, enabled=True, minChargingLevel=0, maxChargingLevel=100)
    if isinstance(schedule, dict) and isinstance(programs, list):
        # The published file has a list of lists here.
        schedule["programs"] = [programs] if programs else []


def _programs(charging: JsonObject) -> Any:
    schedule = charging.get("schedule")
    return schedule.get("programs") if isinstance(schedule, dict) else None


def _flat(items: list[Any]) -> list[Any]:
    return [part for item in items for part in (_flat(item) if isinstance(item, list) else [item])]
