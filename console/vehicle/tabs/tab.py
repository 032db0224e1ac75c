"""Which tab of a vehicle's page somebody is on; each has an address of its own."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.requests import PageRequest
from fleets.models import Membership, Vehicle
from fleets.rights import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Tab(StrEnum):
    """By the name in `?tab=` of the news."""

    NOW = "now"
    HISTORY = "history"
    PROGRAMS = "programs"
    SCHEDULES = "schedules"
    RECORD = "record"


_TITLES: "dict[Tab, StrOrPromise]" = {
    Tab.NOW: pgettext_lazy("tab", "Now"),
    Tab.HISTORY: _("History"),
    Tab.PROGRAMS: _("Programs"),
    Tab.SCHEDULES: _("Schedules"),
    Tab.RECORD: pgettext_lazy("tab", "Record"),
}
_ADDRESSES = {
    Tab.NOW: "vehicle",
    Tab.HISTORY: "vehicle-history",
    Tab.PROGRAMS: "vehicle-programs",
    Tab.SCHEDULES: "vehicle-schedules",
    Tab.RECORD: "vehicle-record",
}
_AT = {address: tab for tab, address in _ADDRESSES.items()} | {"action": Tab.HISTORY}


@dataclass(frozen=True)
class Link:
    """A tab as the page shows it."""

    tab: Tab
    title: "StrOrPromise"
    url: str


def links_of(vehicle: Vehicle, member: Membership) -> list[Link]:
    """Those that the person may open: schedules are of the whole fleet."""
    keys = [vehicle.fleet.public_id, vehicle.public_id]
    tabs = [tab for tab in Tab if tab != Tab.SCHEDULES or member.may(Right.LOOK_ALL)]
    return [Link(tab, _TITLES[tab], reverse(_ADDRESSES[tab], args=keys)) for tab in tabs]


def title_of(tab: Tab) -> str:
    """What stands beside the vehicle's name; nothing on the first tab, which is the vehicle's own page."""
    return "" if tab == Tab.NOW else str(_TITLES[tab])


def tab_of(request: PageRequest) -> Tab:
    """Whose news are asked for; after something was pressed, the tab that it was pressed on."""
    asked = request.GET.get("tab", "")
    if asked in list(Tab):
        return Tab(asked)
    try:
        found = resolve(urlsplit(request.htmx.current_url or "").path) if request.htmx else None
    except Resolver404:
        found = None
    return _AT.get(found.url_name or "", Tab.NOW) if found else Tab.NOW
