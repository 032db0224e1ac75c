"""Pages: labels and plates by a file: chosen, checked, looked at, and then changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.callbacks.forms import KeyForm
from console.exports import download
from console.labels import table
from console.labels.forms import FileForm
from console.labels.listing import page_of
from console.requests import PageRequest, person_page, see
from console.rights import find_fleet, find_in_fleet
from fleets.audit.entries import About
from fleets.labels import imports
from fleets.labels.reading import MOST_LINES, MOST_MEGABYTES
from fleets.models import LabelImport, LeftOut
from fleets.rights import Right


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def labels(request: PageRequest, fleet_id: str) -> HttpResponse:
    """GET asks for a file; POST checks it and leads to what it would change."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_VEHICLES)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        given = form.cleaned_data["file"]
        row = imports.check(fleet, request.user, given.name, given.read())
        return see("label-import", fleet.public_id, row.public_id)
    context = {
        "fleet": fleet,
        "form": form,
        "most_lines": MOST_LINES,
        "most_megabytes": MOST_MEGABYTES,
        "left_out": LeftOut.objects.filter(fleet=fleet).count(),
    }
    return render(request, "labels/labels.html", context, status=422 if form.errors else 200)


@require_safe
@person_page
def label_table(request: PageRequest, fleet_id: str) -> HttpResponseBase:
    """VIN, label and plate of each vehicle as CSV, to be changed and chosen again."""
    fleet = find_fleet(request, fleet_id)
    filename = f"{fleet} - {gettext('Labels')}.csv"
    return download(request, table.lines(fleet), filename, about=About(fleet_id, fleet.pk), what="labels and plates")


@require_safe
@person_page
def label_import(request: PageRequest, fleet_id: str, import_id: str) -> HttpResponse:
    """What a file would change, what is wrong with it, or what it has changed."""
    row = find_in_fleet(request, LabelImport.objects.all(), fleet_id, import_id, Right.CHANGE_VEHICLES)
    start = KeyForm(request.GET).start_after or 0
    context = {"fleet": row.fleet, "row": row, "page": page_of(row, start), "start": start}
    return render(request, "labels/import.html", context)


@require_POST
@person_page
def make_label_import(request: PageRequest, fleet_id: str, import_id: str) -> HttpResponse:
    """Change what was shown, which `shown` names; where that is not so any more, show it again."""
    rows = LabelImport.objects.defer("lines", "changes", "errors", "notes")
    row = find_in_fleet(request, rows, fleet_id, import_id, Right.CHANGE_VEHICLES)
    shown = request.POST.get("shown", "")
    if not imports.make(row, int(shown) if shown.isdecimal() and len(shown) < 10 else 0, request.user):
        words = gettext("Nothing was changed: vehicles are not as they were when this was shown. Look at it again.")
        messages.warning(request, words)
    return see("label-import", fleet_id, import_id)
