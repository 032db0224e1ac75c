"""What is chosen on the map: a vehicle with what is known of it, or many with the commands that all can do."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import User

from campaigns.bulk.planning import MOST
from console.fleet_map.picture import Picture, Spot, picture_of
from console.fleet_map.scope import Scope
from fleets.access import membership_in
from fleets.models import Fleet, Membership, Vehicle
from fleets.rights import Right
from protocol.catalogue import COMMANDS, Command
from remotes.finding.condition import Condition

# Offered as buttons, the usual ones first; the form of bulk commands has the others.
_OFFERED = ("lights-on", "honk", "lock", "unlock", "start-climate", "stop-climate", "refresh", "wake-up")
# Named one by one.
NAMED = 5


@dataclass(frozen=True)
class OfFleet:
    """What is chosen of one fleet, and the `commands` that all of it can do and the person may send to many."""

    fleet: Fleet
    vehicles: list[Vehicle]
    commands: list[Command]
    may_command: bool

    @property
    def ids(self) -> str:
        """As console/bulk/choosing.py takes many."""
        return " ".join(vehicle.public_id for vehicle in self.vehicles)

    @property
    def named(self) -> list[Vehicle]:
        return self.vehicles[:NAMED]

    @property
    def others(self) -> int:
        return max(0, len(self.vehicles) - NAMED)


@dataclass(frozen=True)
class ChosenOnMap:
    """By fleet, with the picture of all of them."""

    parts: list[OfFleet]
    picture: Picture

    @property
    def number(self) -> int:
        return sum(len(part.vehicles) for part in self.parts)

    @property
    def only_one(self) -> Vehicle | None:
        return self.parts[0].vehicles[0] if self.number == 1 else None

    @property
    def spot(self) -> Spot | None:
        """Of the only one."""
        return self.picture.spot(self.only_one.pk) if self.only_one else None

    @property
    def conditions(self) -> list[tuple[Condition, int]]:
        """How many stand how, the gravest first, without those in which none does."""
        return [(each, number) for each, number in self.picture.by_condition.items() if number]


def read_keys(text: str) -> list[int]:
    """Primary keys as the map posts them: numbers with blanks between, MOST at the most; what is none is left out."""
    words = text.split()[:MOST]
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


def chosen_of(user: User, scope: Scope, keys: Iterable[int]) -> ChosenOnMap:
    """Of the vehicles with these keys those that the person sees. Two statements, and one for each fleet."""
    found = scope.all_seen.filter(pk__in=list(keys))
    vehicles = list(found.order_by("fleet_id", "sort_name", "pk").defer("capability_document", "search_text"))
    parts = [
        _of_fleet(user, scope.fleets[key], list(own))
        for key, own in groupby(vehicles, key=lambda vehicle: vehicle.fleet_id)
        if key in scope.fleets
    ]
    return ChosenOnMap(parts, picture_of(found, scope.fleets, scope.sighted))


def _of_fleet(user: User, fleet: Fleet, vehicles: list[Vehicle]) -> OfFleet:
    member = fleet.own_member or membership_in(user, fleet.pk)
    fleet.own_member = member
    may_command = member is not None and member.may(Right.SEND_MANY)
    for vehicle in vehicles:
        vehicle.fleet = fleet
    return OfFleet(fleet, vehicles, _commands(member, vehicles) if member and may_command else [], may_command)


def _commands(member: Membership, vehicles: list[Vehicle]) -> list[Command]:
    entries = [COMMANDS[name] for name in _OFFERED]
    return [
        command
        for remote_type, command in entries
        if member.may_send(remote_type.name) and all(vehicle.can(remote_type.name) for vehicle in vehicles)
    ]
