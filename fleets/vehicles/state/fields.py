"""Where each field of a vehicle's state is shown: in a row of its own, or by its title among all else.

A path is that of the canonical Status, with [] for any item of a list. What is neither here nor a date nor a link is
shown too, as it came (others.py).
"""

from django.utils.translation import gettext_lazy as _

_ENERGY = "energies[]"
_ELECTRIC = f"{_ENERGY}.extension.electric"
_CHARGING = f"{_ELECTRIC}.charging"
_PROGRAM = f"{_CHARGING}.schedule.programs[]"
_CLIMATE = "preconditioning.airConditioning"
_THERMIC = "engines[].extension.thermic"
_WARNING = "alerts.active.activeAlerts[]"
_MODE = "transmission.gearbox.mode"

ROWS: dict[str, tuple[str, ...]] = {
    "doors": ("doorsState.lockedStates[]",),
    "openings": ("doorsState.opening[].identifier", "doorsState.opening[].state"),
    "ignition": ("ignition.type",),
    "movement": (
        *("kinetic.moving", "kinetic.speed"),
        *("_embedded.extension.kinetic.moving", "_embedded.extension.kinetic.speed"),
    ),
    "energy": (f"{_ENERGY}.type", f"{_ENERGY}.subType", f"{_ENERGY}.level", f"{_ENERGY}.autonomy"),
    "load": (f"{_ELECTRIC}.battery.load.capacity", f"{_ELECTRIC}.battery.load.residual"),
    "health": (f"{_ELECTRIC}.battery.health.capacity", f"{_ELECTRIC}.battery.health.resistance"),
    "charging": (
        *(f"{_CHARGING}.plugged", f"{_CHARGING}.status", f"{_CHARGING}.remainingTime"),
        *(f"{_CHARGING}.chargingRate", f"{_CHARGING}.chargingMode"),
    ),
    "next-charge": (f"{_CHARGING}.nextDelayedTime",),
    "charging-programs": (
        *(f"{_PROGRAM}.start", f"{_PROGRAM}.end", f"{_PROGRAM}.occurence.day[]", f"{_PROGRAM}.enabled"),
        *(f"{_PROGRAM}.slot", f"{_PROGRAM}.chargeUntilFull"),
        *(f"{_PROGRAM}.minChargingLevel", f"{_PROGRAM}.maxChargingLevel"),
    ),
    "charge-manner": (f"{_CHARGING}.chargingPowerLevel", f"{_CHARGING}.type"),
    "climate": (f"{_CLIMATE}.status", f"{_CLIMATE}.startingCause", f"{_CLIMATE}.failureCause"),
    "climate-programs": (
        *(f"{_CLIMATE}.programs[].start", f"{_CLIMATE}.programs[].occurence.day[]"),
        *(f"{_CLIMATE}.programs[].recurrence", f"{_CLIMATE}.programs[].slot"),
        *(f"{_CLIMATE}.programs[].enabled", f"{_CLIMATE}.programs[].temp"),
    ),
    "mileage": ("odometer.mileage", "_embedded.extension.odometer.mileage"),
    "position": ("lastPosition.geometry.coordinates[]",),
    "privacy": ("privacy.state",),
    "battery": ("battery.voltage",),
    "lights": tuple(
        f"lightingSystem.{kind}[].{name}" for kind in ("turn", "fog") for name in ("direction", "position", "status")
    ),
    "alarm": ("alarm.status.activation",),
    "alarm-trigger": ("alarm.trigger.type", "alarm.trigger.startAt"),
    "stolen": ("stolen.state", "stolen.startedAt", "stolen.endAt"),
    "tyres": ("tyreState[].id", "tyreState[].status", "tyreState[].pressure.value"),
    "service": ("maintenance.daysBeforeMaintenance", "maintenance.mileageBeforeMaintenance"),
    "warnings": (
        *(f"{_WARNING}.type", f"{_WARNING}.severity", f"{_WARNING}.active", f"{_WARNING}.endAt"),
        *(f"alerts.report.reportDetails[].{name}" for name in ("type", "severity", "active")),
    ),
}
"""The fields of each row, by the row's key."""

ROW_OF = {path: key for key, paths in ROWS.items() for path in paths}

# Says nothing of the vehicle: what the document is made of, and which it is.
UNSHOWN = frozenset(
    {"vin", "lastPosition.type", "lastPosition.geometry.type", "lastPosition.properties.vin"}
    | {"energy[]", "privacy.positionHiddenUntil"}
)
"""Paths, and the beginnings of paths, that are shown nowhere. `energy` is `energies` once more, in an old form;
`positionHiddenUntil` is ours (fleets/vehicles/merging.py)."""

TITLES = {
    "lastPosition.properties.heading": _("Heading (°)"),
    "lastPosition.properties.signalQuality": _("Quality of the position's signal"),
    "lastPosition.properties.type": _("Kind of position"),
    "lastPosition.properties.fixStatus": _("Position by satellites"),
    "lastPosition.geometry.coordinates": _("Position"),
    "alarm.trigger.position": _("Where the alarm was set off"),
    "alarm.id": _("Number of the alarm"),
    "stolen.id": _("Number of the theft report"),
    "stolen.startPosition": _("Where it was reported stolen"),
    "stolen.endPosition": _("Where it was no longer reported stolen"),
    f"{_PROGRAM}.minSOC": _("Charging program: least charge (%)"),
    f"{_PROGRAM}.targetSOC": _("Charging program: most charge (%)"),
    f"{_PROGRAM}.chargeType": _("Charging program: kind"),
    f"{_CLIMATE}.programs[].startCond": _("Cabin program: runs if"),
    f"{_CHARGING}.schedule.unitary.start": _("Single charge: start"),
    f"{_CHARGING}.schedule.unitary.stop": _("Single charge: end"),
    f"{_CHARGING}.schedule.unitary.enabled": _("Single charge: switched on"),
    f"{_CHARGING}.schedule.unitary.stopChargeStatus": _("Single charge: its end"),
    f"{_ENERGY}.hvacPwrUsageDisp": _("Power for the cabin climate"),
    f"{_ENERGY}.extension.fuel.consumptions.total": _("Fuel consumed (cl)"),
    f"{_ENERGY}.extension.fuel.consumptions.instant": _("Fuel consumption (l/100 km)"),
    f"{_ENERGY}.extension.fuel.fuelTank.level": _("Fuel in the tank"),
    f"{_ELECTRIC}.consumption.instant": _("Electric consumption (kWh/h)"),
    "kinetic.acceleration": _("Acceleration (m/s²)"),
    "_embedded.extension.kinetic.acceleration": _("Acceleration (m/s²)"),
    "engines[].type": _("Engine"),
    "engines[].speed": _("Engine speed (1/min)"),
    "engines[].gmpStatus": _("Engine's status"),
    f"{_THERMIC}.coolant.level": _("Coolant (%)"),
    f"{_THERMIC}.coolant.temp": _("Coolant temperature (°C)"),
    f"{_THERMIC}.oil.level": _("Oil (%)"),
    f"{_THERMIC}.oil.temp": _("Oil temperature (°C)"),
    f"{_THERMIC}.air.temp": _("Intake air temperature (°C)"),
    f"{_MODE}.automatic": _("Gearbox: automatic"),
    f"{_MODE}.sport": _("Gearbox: sport"),
    f"{_MODE}.snow": _("Gearbox: snow"),
    f"{_MODE}.sequential": _("Gearbox: sequential"),
    f"{_MODE}.semiManual": _("Gearbox: semi-manual"),
    "transmission.gearbox.ratio": _("Gear"),
    "powertrain.status": _("Powertrain"),
    "propulsion.type": _("Propulsion"),
    "adas.parkAssist.front[]": _("Park assist, front"),
    "adas.parkAssist.rear[]": _("Park assist, rear"),
    "adas.accr": _("Adaptive cruise control"),
    "adas.lvv": _("Speed limiter"),
    "adas.rvv": _("Cruise control"),
    "adas.aebs": _("Emergency braking"),
    "adas.afil": _("Lane departure warning"),
    "adas.artiv": _("Distance assist"),
    "adas.bsm": _("Blind spot monitoring"),
    "adas.esp": _("Stability control (ESP)"),
    "adas.abs": _("Anti-lock brakes (ABS)"),
    "adas.fse": _("Electric parking brake"),
    "adas.sli": _("Speed limit shown (km/h)"),
    "adas.rlka": _("Lane keeping, right"),
    "adas.llka": _("Lane keeping, left"),
    "adas.rgi": _("Gear recommended"),
    "service.type": _("Kind of service"),
    "safety.beltStatus[].belt": _("Seat belt"),
    "safety.beltStatus[].id": _("Seat belt of"),
    "safety.autoECallTriggering": _("Automatic emergency call"),
    "environment.luminosity.day": _("Daylight"),
    "environment.air.temp": _("Outside temperature (°C)"),
    "drivingBehavior.mode": _("Driving mode"),
    "wipingBlades.active": _("Wipers"),
    "wipingBlades.speed": _("Wipers' speed"),
    "battery.current": _("12 V battery: current (A)"),
    "battery.indicator": _("12 V battery: lamp"),
    "braking.parking": _("Parking brake"),
    f"{_WARNING}.id": _("Warning: number"),
    f"{_WARNING}.startedAt": _("Warning: since"),
    f"{_WARNING}.startPosition": _("Warning: where it began"),
    f"{_WARNING}.endPosition": _("Warning: where it ended"),
}
"""What is shown among all else, by its title; the same goes for what lies below such a path."""
