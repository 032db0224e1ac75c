"""Pages: a bulk command from the choice of its vehicles to its result."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.bulk.live import bulk_channel
from console.bulk.forms import ListForm, StartForm
from console.bulk.listing import bulk_page
from console.bulk.pages import bulks_of, context_of, find_bulk
from console.bulk.table import lines
from console.exports import download
from console.requests import PageRequest, person_fragment, person_page
from console.rights import find_fleet, member_in
from console.stream import News, Stream, sight_of_fleet, stream_view
from fleets.audit.entries import About
from fleets.rights import Right
from remotes.asking.ask import rules_of
from remotes.models import BulkCommand, BulkItem

Verdict = BulkItem.Verdict


@require_safe
@person_page
def bulks(request: PageRequest, fleet_id: str) -> HttpResponse:
    """The bulk commands of a fleet, the newest first."""
    fleet = find_fleet(request, fleet_id)
    member, start = member_in(request, fleet), ListForm(request.GET).value("before")
    page = bulk_page(bulks_of(member), start)
    context = {
        "fleet": fleet,
        "page": page,
        "start": start,
        "may_command": member.may(Right.SEND_MANY),
        "now": timezone.now(),
    }
    return render(request, "bulk/bulks.html", context)


@require_safe
@person_page
def bulk(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """A bulk command: what it will do before it is started, how it goes afterwards."""
    found = find_bulk(request, fleet_id, bulk_id)
    if found.state == BulkCommand.State.PREFLIGHT:
        return preflight(request, found)
    return render(request, "bulk/bulk.html", context_of(request, found))


@require_safe
@person_fragment
def bulk_news(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponse:
    """What changes by itself on the page of a bulk command."""
    found = find_bulk(request, fleet_id, bulk_id)
    return render(request, "bulk/news.html", context_of(request, found))


@require_safe
@person_page
def bulk_table(request: PageRequest, fleet_id: str, bulk_id: str) -> HttpResponseBase:
    """The result as CSV."""
    found = find_bulk(request, fleet_id, bulk_id)
    about = About(found.public_id, found.fleet_id)
    return download(request, lines(found), f"bulk-{found.public_id}.csv", about=about, what="a bulk command")


@stream_view
def bulk_stream(request: PageRequest, fleet_id: str, bulk_id: str) -> Stream:
    """GET …/live of a bulk command."""
    found = find_bulk(request, fleet_id, bulk_id)
    return Stream(News(sight_of_fleet(request, found.fleet), bulk_channel(found.pk)))


def preflight(
    request: PageRequest, bulk: BulkCommand, form: StartForm | None = None, status: int = 200
) -> HttpResponse:
    """What it will do with each vehicle, and the question whether that is meant."""
    context = context_of(request, bulk)
    tally = context["tally"]
    number = tally.number(Verdict.SEND) + tally.number(Verdict.WAKE)
    context |= _costs(bulk) | {
        "number": number,
        "wakes": tally.number(Verdict.WAKE),
        "skips": tally.number(Verdict.SKIP),
        "form": form or StartForm(number=number, is_dangerous=bulk.type.dangerous),
    }
    return render(request, "bulk/preflight.html", context, status=status)


def _costs(bulk: BulkCommand) -> dict[str, Any]:
    """What the fleet's rules have to say about it."""
    rules = rules_of(bulk.fleet_id)
    return {
        "needs_approval": rules.wants_two_people(bulk.type, bulk.payload),
        "wake_ups_a_month": rules.wake_ups_a_month,
        "lowest_left": _lowest_left(bulk) if rules.wake_ups_a_month is not None else None,
    }


def _lowest_left(bulk: BulkCommand) -> int | None:
    """The fewest wake-ups that a vehicle has left of which this may spend one."""
    left = bulk.items.filter(verdict=Verdict.WAKE, wake_ups_left__isnull=False).order_by("wake_ups_left")
    return left.values_list("wake_ups_left", flat=True).first()
