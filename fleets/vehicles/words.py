"""The published words of a vehicle's status, as a person says them. A word that is not here is shown as it is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LOCKED = {"Locked", "SuperLocked", "CargoDoorsLocked", "RearDoorsLocked", "TrunkLocked"}
LOCK_STATES = {
    "Unlocked": _("Unlocked"),
    "Locked": _("Locked"),
    "SuperLocked": _("Deadlocked"),
    "DriverDoorUnlocked": _("Driver's door unlocked"),
    "PassengerDoorUnlocked": _("Passenger's door unlocked"),
    "CabinDoorsUnlocked": _("Cabin unlocked"),
    "CargoDoorsLocked": _("Cargo locked"),
    "CargoDoorsUnlocked": _("Cargo unlocked"),
    "RearDoorsUnlocked": _("Rear unlocked"),
    "RearDoorsLocked": _("Rear locked"),
    "TrunkLocked": _("Boot locked"),
    "TrunkUnLocked": _("Boot unlocked"),
}
OPENINGS = {
    "Driver": _("driver's door"),
    "Passenger": _("passenger's door"),
    "RearLeft": _("rear left door"),
    "RearRight": _("rear right door"),
    "Trunk": _("boot"),
    "RearWindow": _("rear window"),
    "RoofWindow": _("roof window"),
    "HoodDoor": _("bonnet"),
}
IGNITION = {
    "Stop": pgettext_lazy("ignition", "Off"),
    "StartUp": _("Starting"),
    "Start": pgettext_lazy("ignition", "On"),
}
ENERGIES = {"Electric": _("Battery"), "Fuel": _("Fuel")}
CHARGING = {
    "Disconnected": _("Not plugged in"),
    "InProgress": _("Charging"),
    "Failure": _("Charging failed"),
    "Stopped": _("Stopped"),
    "Finished": _("Charged"),
}
LIGHTS = {"turn": _("indicators"), "fog": _("fog lights")}
CLIMATE = {"Enabled": _("Running"), "Disabled": _("Off"), "Finished": _("Finished"), "Failure": _("Failed")}
PRIVACY = {"None": _("Off"), "Geolocation": _("Position hidden"), "Full": _("On: shares nothing")}
ALARM = {"Active": _("Armed"), "Inactive": _("Off")}
