"""The choice of another fleet: it leads to the same kind of page there, where that can be."""

from dataclasses import dataclass
from itertools import chain

from django.contrib.auth.models import User

from console.frame.rail import path_of
from console.frame.ways import OF_FLEET
from fleets.access import lasting
from fleets.models import Fleet, Membership
from fleets.rights import ADMIN

SHOWN = 50
"""Who has more fleets finds the others by name."""

SEARCHED_FROM = 8
"""So many are found at a glance."""

_WAYS = {way.name: way for way in chain.from_iterable(group.ways for group in OF_FLEET) if way.is_of_fleet}


@dataclass(frozen=True)
class Choice:
    fleet: Fleet
    path: str


@dataclass(frozen=True)
class Choices:
    choices: list[Choice]
    is_cut: bool


def choices_of(user: User, way: str, words: str = "") -> Choices:
    """The person's fleets by name, those with the words in it; each leads to the page `way` there. One statement."""
    if user.is_superuser:
        fleets = Fleet.objects.filter(name__icontains=words).order_by("name", "pk")[: SHOWN + 1]
        members = [Membership(user=user, fleet=fleet, role=ADMIN) for fleet in fleets]
    else:
        theirs = lasting().filter(user=user, fleet__name__icontains=words).select_related("fleet")
        members = list(theirs.order_by("fleet__name", "fleet_id")[: SHOWN + 1])
    return Choices([Choice(member.fleet, _path(member, way)) for member in members[:SHOWN]], len(members) > SHOWN)


def _path(member: Membership, name: str) -> str:
    """Of the page of this name, else of what everybody has."""
    way = _WAYS.get(name)
    path = path_of(way, member.fleet) if way and way.is_for(member.rights, is_admin=False) else ""
    return path or path_of(_WAYS["vehicles"], member.fleet)
