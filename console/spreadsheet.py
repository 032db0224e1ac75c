"""CSV that spreadsheets open as it is meant, line by line, so that no length of it is held in memory.

No cell is a formula, whatever somebody has named a vehicle: `defusedcsv` writes, fleets/words/cells.py adds to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from defusedcsv import csv as defusedcsv
from django.utils import timezone

from fleets.words.cells import guarded


class _Line:
    """What csv writes into: gives the text back."""

    def write(self, text: str) -> str:
        return text


def lines(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of the file, the first with the titles; it begins with the mark by which spreadsheets know UTF-8."""
    writer = defusedcsv.writer(_Line())
    yield f"\ufeff{writer.writerow(titles)}"
    for row in rows:
        yield str(writer.writerow([guarded(text) for text in row]))


def moment(at: datetime | None) -> str:
    """A time as ISO 8601 by the clocks of the page, with their offset, to the second; empty for none."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def of_clocks(title: str) -> str:
    """The title of a column of moments, with the zone whose clocks they are by."""
    return f"{title} ({timezone.get_current_timezone_name()})"
