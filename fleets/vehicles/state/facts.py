"""What a state says is so: each fact by one rule, which page, list, filter, explanation and file ask alike.

The columns that PostgreSQL makes of a state (fleets/vehicles/expressions.py) follow the same rules; a test holds them
to these. None: nobody knows. Where a state contradicts itself it is settled here, once.
"""

from typing import Any

from fleets.vehicles import words
from fleets.vehicles.dates import LONG_AGO, said_at
from fleets.vehicles.state.values import dig, items, number, per_cent, texts

Json = Any

HIDES_POSITION = ("Geolocation", "Full")
"""The words of privacy with which a vehicle does not tell where it is."""
ELECTRIC, FUEL = "Electric", "Fuel"
NO_BREAK_IN = "NoBreakIn"
# A vehicle that is this fast does not stand, whatever it says.
_STANDS = 3.0


def is_locked(state: Json) -> bool | None:
    """Whether each lock says so."""
    states = texts(dig(state, "doorsState", "lockedStates"))
    return all(word in words.LOCKED for word in states) if states else None


def is_on(state: Json) -> bool | None:
    """Whether the ignition is on, or about to be; None for a word that is not known too."""
    return {"Stop": False, "StartUp": True, "Start": True}.get(str(dig(state, "ignition", "type")))


def kinetic_of(state: Json) -> Json:
    """The part that tells of its movement: it has two places in v3, and the one that was told last counts."""
    return newest(dig(state, "kinetic"), dig(state, "_embedded", "extension", "kinetic"))


def is_moving(state: Json) -> bool | None:
    """Whether it moves. One that says that it stands, and how fast it goes, moves."""
    kinetic = kinetic_of(state)
    moving, speed = dig(kinetic, "moving"), number(dig(kinetic, "speed"))
    if speed is not None and abs(speed) > _STANDS:
        return True
    return moving if isinstance(moving, bool) else None


def odometer_of(state: Json) -> Json:
    """The part that tells the mileage, which has two places in v3; None where it is not known.

    A vehicle whose ignition is off tells 0 at times: that is no mileage.
    """
    told = [dig(state, "odometer"), dig(state, "_embedded", "extension", "odometer")]
    return newest(*(part for part in told if tells_mileage(part, state)))


def tells_mileage(odometer: Json, state: Json) -> bool:
    """Whether the odometer of this state has a mileage to be believed."""
    mileage = number(dig(odometer, "mileage"))
    return mileage is not None and (mileage > 0 or (mileage == 0 and is_on(state) is True))


def energies_of(state: Json, motorization: str = "") -> list[Json]:
    """Those that the vehicle has (`motorization` as Vehicle has it): clouds tell of a tank that is not there too.

    An electric car has no fuel but hydrogen, and a thermic one no drive battery; and what has neither a level nor a
    range left nor anything that charges says nothing.
    """
    without = {"Electric": FUEL, "Thermic": ELECTRIC}.get(motorization)
    return [
        item
        for item in items(dig(state, "energies"))
        if (dig(item, "type") != without or dig(item, "subType") == "Hydrogen") and not _is_empty(item)
    ]


def level_of(energy: Json) -> float | None:
    """Per cent in the battery or the tank."""
    return per_cent(dig(energy, "level"))


def _is_empty(energy: Json) -> bool:
    return level_of(energy) is None and not number(dig(energy, "autonomy")) and not dig(energy, "extension", "electric")


def charging_of(energy: Json) -> Json:
    """How the energy is charged (Energy: extension.electric.charging)."""
    return dig(energy, "extension", "electric", "charging")


def charging_in(state: Json) -> Json:
    """How the vehicle is charged: of the first energy that tells it."""
    return next((found for found in map(charging_of, items(dig(state, "energies"))) if isinstance(found, dict)), None)


def is_plugged(charging: Json) -> bool | None:
    """Whether the cable is in. A word for its charging that says otherwise is not believed."""
    plugged, status = dig(charging, "plugged"), dig(charging, "status")
    if isinstance(plugged, bool):
        return plugged
    return {"Disconnected": False, "InProgress": True}.get(str(status))


def is_charging(charging: Json) -> bool | None:
    """Whether it charges; one whose cable is not in does not, whatever it says."""
    status = dig(charging, "status")
    if is_plugged(charging) is False:
        return False
    return status == "InProgress" if isinstance(status, str) else None


def hides_position(state: Json) -> bool | None:
    """Whether privacy is set so that the vehicle does not tell where it is; None for a word that is not known too."""
    return ({"None": False} | dict.fromkeys(HIDES_POSITION, True)).get(str(dig(state, "privacy", "state")))


def is_reported_stolen(state: Json) -> bool | None:
    """Whether the vehicle counts as stolen at the manufacturer."""
    stolen = dig(state, "stolen", "state")
    return stolen if isinstance(stolen, bool) else None


def alarm_trigger(state: Json) -> Json:
    """What set off the alarm (AlarmTrigger), until the vehicle has said later that its alarm is off; None: nothing."""
    trigger, status = dig(state, "alarm", "trigger"), dig(state, "alarm", "status")
    kind = dig(trigger, "type")
    if not isinstance(kind, str) or kind == NO_BREAK_IN:
        return None
    at, off_at = said_at(trigger), said_at(status)
    is_over = dig(status, "activation") == "Inactive" and off_at is not None and (at is None or off_at > at)
    return None if is_over else trigger


def newest(*parts: Json) -> Json:
    """Of the same part at two places the one that was told last; the first where that is not known."""
    found = [part for part in parts if isinstance(part, dict)]
    return max(found, key=lambda part: said_at(part) or LONG_AGO, default=None)
