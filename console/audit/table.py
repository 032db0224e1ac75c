"""What was found in the audit as CSV, a piece at a time: who did what, why, and who approved it."""

from collections.abc import Iterator

from django.utils.translation import gettext

from console import spreadsheet
from console.audit.listing import AuditRow, all_rows
from fleets.audit.searching import Wanted
from fleets.models import Fleet


def lines(wanted: Wanted, fleet: Fleet | None) -> Iterator[str]:
    """The lines of the file, the first with the titles."""
    return spreadsheet.lines(_titles(), map(_values, all_rows(wanted, fleet)))


def _titles() -> list[str]:
    return [
        spreadsheet.of_clocks(gettext("When")),
        gettext("Who"),
        gettext("Kind"),
        gettext("What"),
        gettext("Why"),
        gettext("Approved by"),
        gettext("Vehicle"),
        gettext("VIN"),
        gettext("Plate"),
        gettext("Kind of action"),
        gettext("Fleet"),
        gettext("Through"),
        gettext("About"),
        gettext("Sealed at"),
    ]


def _values(row: AuditRow) -> list[str]:
    entry, vehicle = row.entry, row.vehicle
    return [
        spreadsheet.moment(entry.at),
        entry.who,
        row.kind,
        row.what,
        entry.reason,
        row.approver,
        vehicle.label if vehicle else "",
        vehicle.vin if vehicle else "",
        vehicle.plate if vehicle else "",
        row.type,
        str(row.fleet or ""),
        row.origin,
        entry.subject,
        "" if entry.position is None else str(entry.position),
    ]
