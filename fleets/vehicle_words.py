"""The published words of a vehicle's status, as a person says them. A word that is not here is shown as it is."""

LOCKED = {"Locked", "SuperLocked", "CargoDoorsLocked", "RearDoorsLocked", "TrunkLocked"}
LOCK_STATES = {
    "Unlocked": "Unlocked",
    "Locked": "Locked",
    "SuperLocked": "Deadlocked",
    "DriverDoorUnlocked": "Driver's door unlocked",
    "CabinDoorsUnlocked": "Cabin unlocked",
    "CargoDoorsLocked": "Cargo locked",
    "CargoDoorsUnlocked": "Cargo unlocked",
    "RearDoorsUnlocked": "Rear unlocked",
    "RearDoorsLocked": "Rear locked",
    "TrunkLocked": "Boot locked",
    "TrunkUnLocked": "Boot unlocked",
}
OPENINGS = {
    "Driver": "driver's door",
    "Passenger": "passenger's door",
    "RearLeft": "rear left door",
    "RearRight": "rear right door",
    "Trunk": "boot",
    "RearWindow": "rear window",
    "RoofWindow": "roof window",
}
IGNITION = {"Stop": "Off", "StartUp": "Starting", "Start": "On"}
ENERGIES = {"Electric": "Battery", "Fuel": "Fuel"}
CHARGING = {
    "Disconnected": "Not plugged in",
    "InProgress": "Charging",
    "Failure": "Charging failed",
    "Stopped": "Stopped",
    "Finished": "Charged",
}
LIGHTS = {"turn": "indicators", "fog": "fog lights"}
CLIMATE = {"Enabled": "Running", "Disabled": "Off", "Finished": "Finished", "Failure": "Failed"}
PRIVACY = {"None": "Off", "Geolocation": "Position hidden", "Full": "On: shares nothing"}
ALARM = {"Active": "Armed", "Inactive": "Off"}
