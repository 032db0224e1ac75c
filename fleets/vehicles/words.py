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
SUB_TYPES = {"Hydrogen": _("Hydrogen")}
CHARGING_MODES = {"Slow": _("slow"), "Quick": _("fast")}
CHARGE_LIMITS = {"Partial": _("stops early, which spares the battery"), "Full": _("until full")}
CHARGING = {
    "Disconnected": _("Not plugged in"),
    "InProgress": _("Charging"),
    "Failure": _("Charging failed"),
    "Stopped": _("Stopped"),
    "Finished": _("Charged"),
}
SIDES = {"Left": _("left"), "Right": _("right"), "Front": _("front"), "Rear": _("rear")}
LIGHTS = {"turn": _("indicators"), "fog": _("fog lights")}
CLIMATE = {"Enabled": _("Running"), "Disabled": _("Off"), "Finished": _("Finished"), "Failure": _("Failed")}
CLIMATE_STARTS = {"Immediate": _("started at once"), "Scheduled": _("started by a program")}
CLIMATE_FAILURES = {
    "Defect": _("a defect"),
    "DoorOpened": _("a door was open"),
    "LowBattery": _("the battery was low"),
    "LowFuelLevel": _("there was little fuel"),
    "TooManyUnusedProg": _("too many programs ran without anybody driving"),
    "WindowsRoofOpened": _("a window or the roof was open"),
    "HoodOpened": _("the bonnet was open"),
    "NotParked": _("it was not parked"),
    "OtherFailures": _("the reason was not told"),
}
PRIVACY = {"None": _("Off"), "Geolocation": _("Position hidden"), "Full": _("On: shares nothing")}
ALARM = {"Active": _("Armed"), "Inactive": _("Off")}
BREAK_INS = {
    "FrontRightDoorBreakIn": _("Front right door"),
    "FrontLeftDoorBreakIn": _("Front left door"),
    "RearRightFrontDoorBreakIn": _("Rear right door"),
    "RearLeftFrontDoorBreakIn": _("Rear left door"),
    "HoodDoorBreakIn": _("Bonnet"),
    "TrunkDoorBreakIn": _("Boot"),
    "BackliteDoorBreakIn": _("Rear window"),
    "RoofBreakIn": _("Roof"),
    "VolumetricBreakIn": _("Something moved in the cabin"),
    "VehicleLifting": _("The vehicle was lifted"),
    "ElectricalsystemBreakIn": _("The electrical system was tampered with"),
    "KeyLearning": _("A key was taught in"),
    "UnauthenticatedStartup": _("Started without its key"),
    "VehiclePositionChanged": _("The vehicle was moved"),
    "GlassBreached": _("A pane was broken"),
    "BatteryDisconnect": _("The battery was disconnected"),
    "OverAccelerationThreshold": _("The vehicle was jolted"),
    "VehicleAlarmSystem": _("The alarm system"),
}
TYRES = {
    "FrontRight": _("front right"),
    "FrontLeft": _("front left"),
    "RearRight": _("rear right"),
    "RearLeft": _("rear left"),
    "SecondRearRight": _("second rear right"),
    "SecondRearLeft": _("second rear left"),
}
TYRE_STATES = {
    "High": pgettext_lazy("tyre", "high"),
    "Normal": pgettext_lazy("tyre", "normal"),
    "Low": pgettext_lazy("tyre", "low"),
    "SignificantlyLow": pgettext_lazy("tyre", "very low"),
}
SEVERITIES = {"Information": _("information"), "Warning": _("warning"), "Critical": _("critical")}
