"""What is known of a vehicle's movement, for a person who is about to immobilise it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fleets.models import Vehicle
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import is_moving, kinetic_of
from fleets.words.numbers import Tone
from protocol.canonical import JsonObject
from protocol.catalogue import RemoteType
from remotes.checks.checks import known_to_move, stops_the_vehicle
from remotes.models import FleetRules, RemoteAction


@dataclass(frozen=True)
class Movement:
    """`is_moving` None: not known. `at` is when the vehicle said so, `meaning` what follows from it, in a sentence."""

    is_moving: bool | None
    at: datetime | None
    meaning: str
    tone: Tone


def movement_before(
    vehicle: Vehicle, remote_type: RemoteType, payload: JsonObject, rules: FleetRules, now: datetime
) -> Movement | None:
    """What to know of the movement before this is sent; None where it doesn't matter."""
    if not stops_the_vehicle(RemoteAction(remote_type=remote_type.name, payload=payload)):
        return None
    age = known_to_move(vehicle, now)
    if age is not None:
        at = now - age
        if age <= rules.moving_limit:
            return Movement(True, at, _("It will be refused: a vehicle that moves is not immobilised."), Tone.BAD)
        return Movement(
            True, at, _("That is too long ago to count, so it is sent. Make sure that it is parked."), Tone.WARN
        )
    if is_moving(vehicle.state) is not False:
        return Movement(None, None, _("Make sure that it is parked: nothing is known of its movement."), Tone.WARN)
    return Movement(False, said_at(kinetic_of(vehicle.state)), "", Tone.PLAIN)
