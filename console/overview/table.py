"""The list of a fleet's actions as CSV, a piece at a time."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext

from console import spreadsheet
from console.overview.actions import ActionRow, actions_page
from fleets.models import Fleet
from remotes.words.statuses import ORIGINS

# Actions a piece; no statement is larger, however many there are.
AT_ONCE = 1000


def lines(fleet: Fleet, wanted: Mapping[str, str], now: datetime) -> Iterator[str]:
    """The lines of the file, the first with the titles: all actions that match."""
    return spreadsheet.lines(_titles(), map(_values, _rows(fleet, wanted, now)))


def _rows(fleet: Fleet, wanted: Mapping[str, str], now: datetime) -> Iterator[ActionRow]:
    token = ""
    while True:
        page = actions_page(fleet, wanted, token, now, AT_ONCE)
        yield from page.rows
        if not page.older:
            return
        token = page.older


def _titles() -> list[str]:
    return [
        gettext("Vehicle"),
        gettext("VIN"),
        gettext("Plate"),
        gettext("Action"),
        gettext("Status"),
        gettext("Cause"),
        gettext("What happened"),
        gettext("Asked for by"),
        gettext("Through"),
        gettext("Reason"),
        gettext("Approved by"),
        gettext("Sent alone by"),
        spreadsheet.of_clocks(gettext("Asked at")),
        spreadsheet.of_clocks(gettext("Ended at")),
        gettext("Id"),
    ]


def _values(row: ActionRow) -> list[str]:
    action, entry = row.action, row.entry
    return [
        action.vehicle.label,
        action.vehicle.vin,
        action.vehicle.plate,
        entry.title,
        str(entry.word.text),
        entry.failure.literal if entry.failure else "",
        row.why,
        row.deed.who,
        row.deed.way or str(ORIGINS[action.origin]),
        row.deed.reason,
        row.deed.approved_by,
        row.deed.alone,
        spreadsheet.moment(action.created_at),
        spreadsheet.moment(action.finished_at),
        action.public_id,
    ]
