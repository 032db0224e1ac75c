"""What a vehicle can do: VehicleCapability of connected-car-v1.yaml, written from the vehicle itself."""

from protocol.canonical import JsonObject
from simulator.vehicles.vehicle import Vehicle, can

_DATA = (
    "data:telemetry",
    "data:telemetry:privacy",
    "data:telemetry:vehicle:ignition",
    "data:telemetry:vehicle:preconditioning",
    "data:telemetry:vehicle:energies",
    "data:telemetry:vehicle:doorsState",
    "data:telemetry:vehicle:battery",
    "data:telemetry:vehicle:odometer",
    "data:telemetry:vehicle:kinetic",
    "data:telemetry:vehicle:lightingSystem",
    "data:position",
)

# By the published key: the catalogue's name, the published scope (stolen and tanSuppress have none), parameters.
_PUBLISHED: dict[str, tuple[str, str | None, JsonObject | None]] = {
    "preconditioning": (
        "Preconditioning",
        "remote:preconditioning:write",
        {"immediate": True, "programs": {"size": 4, "temperature": True}},
    ),
    "door": ("Locking", "remote:door:write", None),
    "horn": ("Horn", "remote:horn:write", None),
    "charging": (
        "Charging",
        "remote:charging:write",
        {
            "immediate": {"start": True, "stop": True},
            "programs": {
                "supported": True,
                "size": 2,
                "occurrence": True,
                "minChargingLevel": True,
                "maxChargingLevel": True,
            },
            "settings": {"level": True, "type": True},
        },
    ),
    "lights": ("Lights", "remote:lights:write", None),
    "wakeup": ("WakeUp", "remote:wakeup:write", None),
    "navigation": ("Navigation", "remote:navigation:write", None),
    "stolen": ("Stolen", None, None),
    "tanSuppress": ("Tan", None, None),
}
# Remote types that the published document has no key for: told all the same, since a vehicle may lack them.
_UNPUBLISHED = {
    "immobilization": "Immobilization",
    "vehicleFinder": "VehicleFinder",
    "onboardPersonalData": "OnboardPersonalData",
}


def capability_document(vehicle: Vehicle) -> JsonObject:
    """All of it; a key that a vehicle can't do is there too, with `supported` false."""
    remote: JsonObject = {}
    for key, (name, scope, parameters) in _PUBLISHED.items():
        entry: JsonObject = {"supported": can(vehicle, name)}
        if scope is not None:
            entry["scopeName"] = scope
        if parameters is not None:
            entry["parameters"] = parameters
        remote[key] = entry
    remote |= {key: {"supported": can(vehicle, name)} for key, name in _UNPUBLISHED.items()}
    return {
        "vin": vehicle.vin,
        "brand": vehicle.brand,
        "model": vehicle.model,
        "motorization": vehicle.motorization,
        "onboardCapabilities": {"data": list(_DATA), "remote": remote},
    }
