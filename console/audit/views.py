"""Pages: the audit of a fleet, for who may read it; that of all fleets, and of what belongs to none, for admins."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.audit.forms import AuditForm
from console.audit.listing import body_of, details, rows_of, rows_page
from console.audit.table import lines
from console.exports import download
from console.requests import PageRequest, person_page
from console.rights import check_admin, find_fleet, member_in
from console.vehicle.record import hide_whereabouts
from fleets.audit.entries import About
from fleets.models import AuditEntry, Fleet
from fleets.rights import Right


@require_safe
@person_page
def audit(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """What was done, by whom and why, the newest first."""
    fleet = _found(request, fleet_id)
    form = AuditForm(request.GET)
    page = rows_page(form.search_in(fleet.pk if fleet else None), form.start, fleet)
    context = {"fleet": fleet, "form": form, "page": page, "address": form.address, "now": timezone.now()}
    return render(request, "audit/audit.html", context | _places(fleet))


@require_safe
@person_page
def audit_table(request: PageRequest, fleet_id: str | None = None) -> HttpResponseBase:
    """All that was found, as CSV; taking it away is written into the audit itself."""
    fleet = _found(request, fleet_id)
    wanted = AuditForm(request.GET).search_in(fleet.pk if fleet else None)
    about = About(fleet.public_id, fleet.pk) if fleet else About("audit")
    filename = f"{fleet or 'FleetRemote'} - {gettext('Audit')}.csv"
    return download(request, lines(wanted, fleet), filename, about=about, what="the audit")


@require_safe
@person_page
def audit_entry(request: PageRequest, entry_id: int, fleet_id: str | None = None) -> HttpResponse:
    """One entry with all that it holds, secrets masked as they were when it was written."""
    fleet = _found(request, fleet_id)
    rows = AuditEntry.objects.all() if fleet is None else AuditEntry.objects.filter(fleet=fleet)
    entry = get_object_or_404(rows, pk=min(entry_id, 2**63 - 1))
    if fleet is not None and not member_in(request, fleet).may(Right.SEE_POSITIONS):
        entry = hide_whereabouts(entry)
    body, is_cut = body_of(entry)
    (row,) = rows_of([entry], fleet)
    context = {"fleet": fleet, "row": row, "details": details(entry), "body": body, "body_is_cut": is_cut}
    return render(request, "audit/entry.html", context | _places(fleet))


def _found(request: PageRequest, fleet_id: str | None) -> Fleet | None:
    """The fleet whose audit the person may read; None for all, which only admins read."""
    if fleet_id is not None:
        return find_fleet(request, fleet_id, Right.READ_AUDIT)
    check_admin(request)
    return None


def _places(fleet: Fleet | None) -> dict[str, str]:
    """The addresses of the list and of the file."""
    suffix, args = ("", [fleet.public_id]) if fleet else ("-of-all", [])
    return {name: reverse(f"{name}{suffix}".replace("_", "-"), args=args) for name in ("audit", "audit_table")}
