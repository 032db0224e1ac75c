"""Which command of a remote type is the usual one, by what the vehicle tells; the others are in the menu beside it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fleets.vehicles.state import dig
from fleets.vehicles.state.facts import charging_in, is_charging, is_locked, is_plugged
from protocol.catalogue import Command, RemoteType


class Weight(StrEnum):
    """How a button looks: what is both usual and safe is heavier, what does harm is red."""

    PLAIN = ""
    USUAL = "usual"
    DANGER = "danger"


@dataclass(frozen=True)
class Facts:
    """What the choice hangs on, as far as it is known."""

    locked: bool | None = None
    runs_climate: bool | None = None
    charging: bool | None = None
    plugged: bool | None = None
    immobilised: bool = False
    stolen: bool = False


def facts_of(state: Any, *, immobilised: bool, stolen: bool) -> Facts:
    """`immobilised` and `stolen` as the vehicle's marks have it, which know more than its state."""
    charge, climate = charging_in(state), dig(state, "preconditioning", "airConditioning", "status")
    return Facts(
        locked=is_locked(state),
        runs_climate=climate == "Enabled" if isinstance(climate, str) else None,
        charging=is_charging(charge),
        plugged=is_plugged(charge),
        immobilised=immobilised,
        stolen=stolen,
    )


def in_front(remote_type: RemoteType, facts: Facts) -> dict[str, Weight]:
    """The commands of the type that stand in front, by their names.

    Unlocking is never heavy, since it opens a car to whoever stands beside it. A release stands in front of a vehicle
    that it is about, and nothing else that is dangerous ever does.
    """
    match remote_type.name:
        case "Locking":
            if facts.locked is None:
                return {"unlock": Weight.PLAIN, "lock": Weight.USUAL}
            return {"unlock": Weight.PLAIN} if facts.locked else {"lock": Weight.USUAL}
        case "Preconditioning":
            return {"stop-climate" if facts.runs_climate else "start-climate": Weight.USUAL}
        case "Charging":
            if facts.charging:
                return {"stop-charging": Weight.USUAL}
            return {"start-charging": Weight.USUAL if facts.plugged else Weight.PLAIN}
        case "Immobilization":
            return {"release": Weight.PLAIN} if facts.immobilised else {}
        case "Stolen":
            return {"clear-stolen": Weight.PLAIN} if facts.stolen else {}
        case "Lights":
            return {"lights-on": Weight.PLAIN}
        case "Horn":
            return {"honk": Weight.PLAIN}
        case "VehicleFinder":
            return {"find": Weight.PLAIN}
    return {}


def weight_in_menu(remote_type: RemoteType, command: Command) -> Weight:
    """Red is what does harm; what only takes it back is not."""
    harms = remote_type.dangerous and not remote_type.is_release(command.payload)
    return Weight.DANGER if harms else Weight.PLAIN
