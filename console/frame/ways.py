"""The ways that stand beside every page: daily work, then what keeps it going, then how it is set up.

Plain values. Which of them somebody has is said by their rights in the fleet; where they lead, by the name of the page.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fleets.rights import Right


@dataclass(frozen=True)
class Way:
    """A page by the `name` of its address, for who has any of the `rights`, or for an admin alone.

    `parts`: how the addresses of the pages that belong to it begin, below the fleet's.
    """

    name: str
    title: str | Promise
    icon: str = ""
    rights: frozenset[Right] = frozenset({Right.LOOK})
    parts: tuple[str, ...] = ()
    admins: bool = False
    is_of_fleet: bool = True

    def is_for(self, rights: Collection[Right], *, is_admin: bool) -> bool:
        return is_admin if self.admins else bool(self.rights & frozenset(rights))


@dataclass(frozen=True)
class Group:
    """Ways that stand together, under a title where it has one."""

    ways: tuple[Way, ...]
    title: str | Promise = ""


def _whole(name: str, title: str | Promise, icon: str = "", **more: object) -> Way:
    return Way(name, title, icon, frozenset({Right.LOOK_ALL}), **more)  # type: ignore[arg-type]


def _of_all(name: str, title: str | Promise, icon: str = "", **more: object) -> Way:
    return Way(name, title, icon, is_of_fleet=False, **more)  # type: ignore[arg-type]


_MANY = frozenset({Right.LOOK_ALL, Right.SEND_MANY})
_DOCS = _of_all("api-docs", _("API docs"))

OF_FLEET = (
    Group(
        (
            _whole("overview", _("Overview"), "overview", parts=("overview", "orphans", "unread", "wake-ups")),
            Way("fleet-map", _("Map"), "map", frozenset({Right.SEE_POSITIONS}), parts=("map",)),
            Way("vehicles", _("Vehicles"), "car", parts=("", "vehicles", "views", "left-out")),
            Way("actions", _("Actions"), "actions", parts=("actions",)),
            Way("bulks", pgettext_lazy("rail", "Bulk"), "bulk", _MANY, parts=("bulk",)),
            _whole("schedules", _("Schedules"), "calendar", parts=("schedules",)),
            Way("plots", _("Figures"), "figures", parts=("plots", "plots.csv")),
        )
    ),
    Group(
        (
            Way("alerts", _("Alerts"), "bell", parts=("alerts",)),
            _whole("approvals", _("Approvals"), "check", parts=("approvals",)),
            Way("people", _("People"), "people", frozenset({Right.CHANGE_PEOPLE}), parts=("people", "invitations")),
            Way("audit", _("Audit"), "audit", frozenset({Right.READ_AUDIT}), parts=("audit",)),
        )
    ),
    Group(
        (
            _whole("sending", _("Sending"), parts=("sending",)),
            _whole("callbacks", _("Callbacks"), parts=("callbacks",)),
            Way("clients", _("API clients"), rights=frozenset({Right.CHANGE_CLIENTS}), parts=("clients",)),
            Way("saved-commands", _("Saved commands"), parts=("commands",)),
            Way("places", _("Places"), parts=("places",)),
            Way("labels", _("Labels and plates"), rights=frozenset({Right.CHANGE_VEHICLES}), parts=("labels",)),
            _whole("fleet-rights", _("Rights"), parts=("rights",)),
            _of_all("connections", _("Connections"), admins=True),
            _DOCS,
        ),
        _("Set-up"),
    ),
)

OF_ALL = (
    Group(
        (
            _of_all("fleets", _("Fleets"), "overview"),
            _of_all("map-of-all", _("Map"), "map", parts=("map",)),
            _of_all("search", _("Search"), "search"),
        )
    ),
    Group(
        (
            _of_all("approvals-of-all", _("Needs you"), "check", parts=("approvals",)),
            Way(
                "people-of-all", _("People"), "people", parts=("people", "invitations"), admins=True, is_of_fleet=False
            ),
            _of_all("audit-of-all", _("Audit"), "audit", parts=("audit",), admins=True),
        )
    ),
    Group(
        (
            _of_all("sending-of-all", _("Sending"), parts=("sending",), admins=True),
            _of_all("connections", _("Connections"), parts=("connections", "gateways"), admins=True),
            _of_all("clients-of-all", _("API clients"), parts=("clients",), admins=True),
            _of_all("rights", _("Rights"), parts=("rights",)),
            _DOCS,
        ),
        _("Set-up"),
    ),
)

AT_HAND = ("overview", "vehicles", "fleet-map", "actions", "fleets", "search", "map-of-all", "approvals-of-all")
"""What a thumb reaches at once: the first four of them that somebody has."""


def ways_for(groups: Collection[Group], rights: Collection[Right], *, is_admin: bool) -> list[Group]:
    """The groups with the ways that somebody with these rights has; none that is empty."""
    theirs = [
        Group(tuple(way for way in group.ways if way.is_for(rights, is_admin=is_admin)), group.title)
        for group in groups
    ]
    return [group for group in theirs if group.ways]
