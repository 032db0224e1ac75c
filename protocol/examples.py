"""Payloads, canonical, that show how each field is said in either dialect, one difference each (docs/dialects.md)."""

from typing import Any

from protocol.canonical.document import JsonObject

_PROGRAM: JsonObject = {"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}
_LEVELS = {"minChargingLevel": 20, "maxChargingLevel": 80}
_POINT: JsonObject = {"type": "Point", "coordinates": [4.83, 45.76]}
_TIME = "2026-11-21T08:00:00Z"


def _air(**fields: Any) -> JsonObject:
    return {"airConditioning": fields}


def _programs(**more: Any) -> JsonObject:
    return {"schedule": {"programs": [{**_PROGRAM, **more}]}}


EXAMPLES: dict[str, tuple[JsonObject, ...]] = {
    "Locking": ({"state": "Locked"}, {"state": "Locked", "forced": True}),
    "Lights": ({"on": True}, {"on": False}, {"on": True, "duration": "PT20S"}),
    "Horn": ({"state": "Activated"}, {"state": "Activated", "number": 2}),
    "State": ({"action": "state"},),
    "WakeUp": ({"action": "WakeUp"},),
    "Preconditioning": (
        _air(immediate=True),
        _air(programs=[_PROGRAM]),
        _air(programs=[{"slot": 2, "actionsType": "Delete"}]),
        _air(programs=[{**_PROGRAM, "recurrence": "Daily"}]),
        _air(programs=[{**_PROGRAM, "recurrence": "None"}]),
        _air(programs=[{**_PROGRAM, "temp": 21.5}]),
        _air(immediate=True, settings={"temp": 21.5, "mode": "Auto", "state": "Activated"}),
    ),
    "Charging": (
        {"immediate": True},
        {"immediate": False},
        {"nextDelayedTime": _TIME},
        {"schedule": {"nextDelayedTime": _TIME}},
        _programs(),
        _programs(end="PT9H"),
        _programs(**_LEVELS),
        _programs(**_LEVELS, minSOC=20, targetSOC=80),
        _programs(**_LEVELS, chargeToFull=False, chargeType="Cooperative", actionsType="Set"),
        _programs(**{**_LEVELS, "slot": 3}),
        {"schedule": {"programs": [{"slot": 1, "actionsType": "Delete"}]}},
        {"preferences": {"level": "Level2"}},
        {"preferences": {"type": "Partial"}},
        {"preferences": {"level": "Level5", "type": "Full"}},
        {"deferred": {"start": {"immediate": True}}},
        {"deferred": {"start": {"startTime": "PT22H"}}},
        {"deferred": {"end": {"endTime": "PT6H", "chargeToFull": False}}},
    ),
    "Immobilization": ({"activate": True},),
    "Stolen": (
        {"stolen": True},
        {"immobilization": {"activate": True}},
        {"trackingPeriod": {"running": 60, "shutdown": 600}},
    ),
    "Navigation": (
        {"positions": [_POINT]},
        {"positions": [{**_POINT, "properties": {"name": "Depot"}}]},
        {"positions": [_POINT], "driverApproval": True},
    ),
    "VehicleFinder": ({"action": "GetPresentLocation"},),
    "Tan": ({"suppress": {"state": True, "duration": 0}}, {"confirm": {"state": False}}),
    "OnboardPersonalData": ({"action": "Delete"},),
}
