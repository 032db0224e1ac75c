"""Pages: what the manufacturer's cloud lists and a sync can't take in: of a gateway, and of a fleet."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console.callbacks.forms import KeyForm
from console.requests import PageRequest, person_page
from console.rights import check_admin, find_fleet
from fleets.models import Gateway, LastSync, LeftOut
from fleets.rights import Right
from fleets.sync.codes import discreet
from protocol.why import Why, read_why

PAGE_SIZE = 100


@dataclass(frozen=True)
class LeftOutRow:
    """What is left out, and why, as the reader may know it."""

    item: LeftOut
    why: Why | None


@dataclass(frozen=True)
class LeftOutPage:
    """`next_start`: the place of the next page's first row, None on the last one."""

    rows: list[LeftOutRow]
    start: int
    next_start: int | None


@require_safe
@person_page
def left_out(request: PageRequest, gateway_id: int) -> HttpResponse:
    """Of a gateway, with how its last sync went, for admins."""
    check_admin(request)
    gateway = get_object_or_404(Gateway, pk=gateway_id)
    last = LastSync.objects.filter(gateway=gateway).first()
    problems = [read_why(problem) for problem in last.problems] if last else []
    page = _page(request, LeftOut.objects.filter(gateway=gateway), lambda why: why)
    context = {"gateway": gateway, "last": last, "problems": problems, "page": page}
    return render(request, "left_out/of_gateway.html", context)


@require_safe
@person_page
def left_out_of_fleet(request: PageRequest, fleet_id: str) -> HttpResponse:
    """Of a fleet, for its managers: nothing is said of other fleets."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_VEHICLES)
    page = _page(request, LeftOut.objects.filter(fleet=fleet), discreet)
    return render(request, "left_out/of_fleet.html", {"fleet": fleet, "page": page})


def _page(request: PageRequest, rows: QuerySet[LeftOut], told: Callable[[Why], Why]) -> LeftOutPage:
    start = KeyForm(request.GET).start_after or 0
    following = start + PAGE_SIZE
    ordered = rows.select_related("fleet", "gateway").order_by("upstream_fleet", "vin", "upstream_id", "pk")
    found = list(ordered[start : following + 1])
    shown = [LeftOutRow(item, told(item.why) if item.why else None) for item in found[:PAGE_SIZE]]
    return LeftOutPage(shown, start, following if len(found) > PAGE_SIZE else None)
