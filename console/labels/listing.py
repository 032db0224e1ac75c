"""A page of what a file would change, and of what is wrong with it."""

from dataclasses import dataclass

from fleets.labels.imports import faults_of
from fleets.labels.lines import Change, Fault, change_of
from fleets.models import LabelImport
from protocol.why import Why, read_why

PAGE_SIZE = 100
# Errors that are listed: who has mended so many finds the others with the next check.
MOST_FAULTS = 200


@dataclass(frozen=True)
class ImportPage:
    """`changes` from the place `start` on of `number`, and the place after them where there are more."""

    changes: list[Change]
    number: int
    next_start: int | None
    faults: list[Fault]
    more_faults: int
    notes: list[Why]

    @property
    def fault_number(self) -> int:
        return len(self.faults) + self.more_faults


def page_of(row: LabelImport, start: int) -> ImportPage:
    """No statement: the row has it all."""
    following = start + PAGE_SIZE
    return ImportPage(
        changes=[change_of(document) for document in row.changes[start:following]],
        number=len(row.changes),
        next_start=following if following < len(row.changes) else None,
        faults=faults_of(row)[:MOST_FAULTS],
        more_faults=max(0, len(row.errors) - MOST_FAULTS),
        notes=[note for document in row.notes if (note := read_why(document))],
    )
