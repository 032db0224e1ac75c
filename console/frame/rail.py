"""The rail of a page: which ways there are from here, and which of them one is on."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from console.frame.ways import AT_HAND, OF_ALL, OF_FLEET, Group, Way, ways_for
from fleets.models import Fleet
from fleets.rights import Right

_OF_FLEET = "fleets/<id:fleet_id>"


@dataclass(frozen=True)
class Link:
    """A way as it stands on a page. `current`: "page" on it, "true" on a page below it, else empty."""

    name: str
    title: str | Promise
    icon: str
    path: str
    current: str


@dataclass(frozen=True)
class Links:
    title: str | Promise
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Rail:
    """`at_hand` are the few that a phone shows at once; `way` is the name of the one that the page belongs to."""

    fleet: Fleet | None
    groups: tuple[Links, ...]
    at_hand: tuple[Link, ...]
    way: str

    @property
    def rest(self) -> tuple[Links, ...]:
        """The groups without what is at hand."""
        left = (
            Links(group.title, tuple(each for each in group.links if each not in self.at_hand)) for group in self.groups
        )
        return tuple(group for group in left if group.links)


def rail_of(request: HttpRequest, fleet: Fleet | None, user: User) -> Rail:
    """Of the fleet that was looked up for the person, or of all; no statement."""
    member = fleet.own_member if fleet else None
    fleet = fleet if member else None
    groups = ways_for(OF_FLEET, member.rights, is_admin=user.is_superuser) if member else _ways_of_all(user)
    shown = [Links(group.title, tuple(_links(group, request, fleet))) for group in groups]
    links = {link.name: link for group in shown for link in group.links}
    at_hand = [links[name] for name in AT_HAND if name in links][:4]
    way = next((link.name for link in links.values() if link.current), "")
    return Rail(fleet, tuple(group for group in shown if group.links), tuple(at_hand), way)


def path_of(way: Way, fleet: Fleet | None) -> str:
    """Empty where there is no such page (yet)."""
    try:
        return reverse(way.name, args=[fleet.public_id] if way.is_of_fleet and fleet else [])
    except NoReverseMatch:
        return ""


def _ways_of_all(user: User) -> list[Group]:
    return ways_for(OF_ALL, {Right.LOOK}, is_admin=user.is_superuser)


def _links(group: Group, request: HttpRequest, fleet: Fleet | None) -> list[Link]:
    name, part = _place(request)
    found = [(way, path_of(way, fleet)) for way in group.ways]
    return [Link(way.name, way.title, way.icon, path, _current(way, name, part)) for way, path in found if path]


def _current(way: Way, name: str, part: str) -> str:
    if name == way.name:
        return "page"
    return "true" if part in way.parts else ""


def _place(request: HttpRequest) -> tuple[str, str]:
    """The page's name, and how its address begins: below the fleet's, or below the root's."""
    match = request.resolver_match
    if match is None:
        return "", "-"
    is_of_fleet = match.route.startswith(_OF_FLEET)
    part = match.route.removeprefix(_OF_FLEET).lstrip("/") if is_of_fleet else match.route or "-"
    return match.url_name or "", part.split("/")[0]
