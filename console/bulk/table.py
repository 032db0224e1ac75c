"""The result of a bulk command as CSV, row by row, so that no length of it is held in memory."""

from collections.abc import Iterator

from django.utils.translation import gettext

from console import spreadsheet
from console.bulk.listing import all_rows
from console.bulk.words import item_word
from remotes.models import BulkCommand, BulkItem


def lines(bulk: BulkCommand) -> Iterator[str]:
    """The lines of the file, the first with the titles."""
    return spreadsheet.lines(_titles(), map(_values, all_rows(bulk)))


def _titles() -> list[str]:
    return [
        gettext("Vehicle"),
        gettext("VIN"),
        gettext("Plate"),
        gettext("Outcome"),
        gettext("What happened"),
        gettext("Cause"),
        spreadsheet.of_clocks(gettext("Asked at")),
        spreadsheet.of_clocks(gettext("Ended at")),
        gettext("Action"),
    ]


def _values(item: BulkItem) -> list[str]:
    vehicle, action, word = item.vehicle, item.action, item_word(item)
    return [
        vehicle.label,
        vehicle.vin,
        vehicle.plate,
        str(word.text),
        str(word.meaning),
        (action.failure_cause or "") if action else "",
        spreadsheet.moment(item.asked_at),
        spreadsheet.moment(action.finished_at if action else None),
        action.public_id if action else "",
    ]
