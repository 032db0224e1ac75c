"""Pages: the overview of a fleet, its actions, and the vehicles whose wake-ups run out."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.exports import download
from console.overview.actions import PAGE_SIZE, actions_page
from console.overview.forms import ActionsForm
from console.overview.live import news_of_fleet
from console.overview.pages import member_with_rules, overview_of
from console.overview.table import lines
from console.requests import PageRequest, person_fragment, person_page
from console.rights import find_fleet
from console.stream import Stream, sight_of_fleet, stream_view
from fleets.audit.entries import About
from remotes.counts.conditions import Standing
from remotes.counts.wakings import wakings_of

# Vehicles on the page of those whose wake-ups run out.
LISTED = 100

# What the list is narrowed to by a single click, what needs a person first.
TABS = (
    Standing.LEFT,
    Standing.UNKNOWN,
    Standing.LATE,
    Standing.APPROVAL,
    Standing.UNDER_WAY,
    Standing.FAILED,
    Standing.SUCCEEDED,
    Standing.CANCELLED,
)


@require_safe
@person_page
def overview(request: PageRequest, fleet_id: str) -> HttpResponse:
    """What needs a person now in a fleet, and how it has gone lately."""
    member = member_with_rules(request, fleet_id)
    # Of a month, and dear to count: read with the page only.
    wakings = wakings_of(member.fleet, member.rules, timezone.now())
    return render(request, "overview/overview.html", overview_of(member) | {"wakings": wakings})


@require_safe
@person_fragment
def overview_news(request: PageRequest, fleet_id: str) -> HttpResponse:
    """What changes by itself on the overview."""
    return render(request, "overview/news.html", overview_of(member_with_rules(request, fleet_id)))


@require_safe
@person_page
def actions(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The actions of a fleet, narrowed as the query says."""
    return render(request, "overview/actions.html", _actions(request, fleet_id))


@require_safe
@person_fragment
def actions_news(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The same page of the list as it is now."""
    return render(request, "overview/actions_news.html", _actions(request, fleet_id))


@require_safe
@person_page
def action_table(request: PageRequest, fleet_id: str) -> HttpResponseBase:
    """All actions that the list shows, as CSV."""
    fleet = find_fleet(request, fleet_id)
    form = ActionsForm(request.GET, fleet)
    rows = lines(fleet, form.wanted, timezone.now())
    return download(request, rows, f"{fleet} actions.csv", about=About(fleet_id, fleet.pk), what="the actions")


@require_safe
@person_page
def wake_ups(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The vehicles of a fleet whose wake-ups of this month run out."""
    member, now = member_with_rules(request, fleet_id), timezone.now()
    context = {
        "fleet": member.fleet,
        "wakings": wakings_of(member.fleet, member.rules, now, most=LISTED),
        "now": now,
    }
    return render(request, "overview/wake_ups.html", context)


@stream_view
def fleet_stream(request: PageRequest, fleet_id: str) -> Stream:
    """GET …/live of a fleet: of the vehicles that the person sees."""
    return Stream(news_of_fleet(sight_of_fleet(request, find_fleet(request, fleet_id))))


def _actions(request: PageRequest, fleet_id: str) -> dict[str, Any]:
    fleet = find_fleet(request, fleet_id)
    form = ActionsForm(request.GET, fleet)
    page = actions_page(fleet, form.wanted, form.start, timezone.now(), PAGE_SIZE)
    outcomes = [("", gettext("All"))] + [(str(name), str(Standing(name).label)) for name in TABS]
    return {
        "fleet": fleet,
        "form": form,
        "page": page,
        "outcome": form.wanted.get("outcome", ""),
        "outcomes": [(name, title, form.address(outcome=name)) for name, title in outcomes],
        "address": form.address(),
    }
