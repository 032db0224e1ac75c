"""The file that people begin with: VIN, label and plate of every vehicle of a fleet that one sees."""

from collections.abc import Iterator

from django.utils.translation import gettext

from console import spreadsheet
from fleets.access import seen_in
from fleets.models import Fleet

# Rows that are fetched at a time.
AT_ONCE = 2000


def lines(fleet: Fleet) -> Iterator[str]:
    """The lines of the file, the first with the titles: one statement, however many vehicles there are."""
    rows = seen_in(fleet).order_by("sort_name", "pk").values_list("vin", "label", "plate")
    return spreadsheet.lines([gettext("VIN"), gettext("Label"), gettext("Plate")], rows.iterator(AT_ONCE))
