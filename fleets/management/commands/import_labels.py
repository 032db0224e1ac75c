"""`import_labels` changes labels and plates of vehicles by a CSV file, found by their VINs: all of it, or nothing."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fleets.labels.applying import ChangedMeanwhile, apply
from fleets.labels.comparing import Compared, compare
from fleets.labels.lines import Change
from fleets.labels.reading import MOST_BYTES, read
from fleets.models import Fleet
from protocol.why import Why


class Command(BaseCommand):
    """Exit status 0 where all of the file could be taken, also when it would change nothing."""

    help = "Change labels and plates of vehicles by a CSV file with the columns VIN, Label and Plate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="A CSV file, or - for what is typed or piped in.")
        parser.add_argument("--fleet", metavar="ID", help="Take vehicles of this fleet only.")
        parser.add_argument("--dry-run", action="store_true", help="Show what would change, and change nothing.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of words.")

    def handle(self, *_: Any, **options: Any) -> None:
        """Check, show, and change where nothing speaks against it."""
        fleet_id = _fleet(options["fleet"])
        file = read(_data(options["file"]))
        compared = compare(file.lines, fleet_id)
        compared.faults = sorted([*file.faults, *compared.faults], key=lambda fault: fault.line)
        is_done = not compared.faults and not options["dry_run"]
        if is_done:
            try:
                apply(compared.changes, Path(options["file"]).name)
            except ChangedMeanwhile:
                raise CommandError("Vehicles were changed meanwhile, so nothing was changed. Try again.") from None
        if options["json"]:
            self.stdout.write(json.dumps(_document(compared, file.notes, is_done), ensure_ascii=False))
        else:
            self._say(compared, file.notes, is_done)
        if compared.faults:
            sys.exit(1)

    def _say(self, compared: Compared, notes: list[Why], is_done: bool) -> None:
        for note in notes:
            self.stdout.write(str(note))
        for change in compared.changes:
            self.stdout.write(f"  {change.vin}  {'; '.join(_parts(change))}")
        for fault in compared.faults:
            self.stdout.write(f"  Line {fault.line}: {fault.why}" if fault.line else f"  {fault.why}")
        number = f"{len(compared.changes):,} to change, {compared.unchanged:,} as they are"
        if compared.faults:
            self.stdout.write(f"Nothing is changed until this is mended: {number}, {len(compared.faults):,} wrong.")
        elif is_done:
            self.stdout.write(f"{len(compared.changes):,} vehicles changed, {compared.unchanged:,} as they were.")
        else:
            self.stdout.write(f"Nothing is changed yet: {number}.")


def _fleet(public_id: str | None) -> int | None:
    if public_id is None:
        return None
    fleet = Fleet.objects.filter(public_id=public_id).first()
    if fleet is None:
        raise CommandError(f"There is no fleet with the id {public_id}.")
    return fleet.pk


def _data(name: str) -> bytes:
    """One byte more than is taken at the most, so that a file that is too large is seen as such."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from None


def _parts(change: Change) -> list[str]:
    told = []
    if change.label != change.label_before:
        told.append(f"label: {change.label_before or 'none'} → {change.label or 'none'}")
    if change.plate != change.plate_before:
        told.append(f"plate: {change.plate_before or 'none'} → {change.plate or 'none'}")
    return told


def _document(compared: Compared, notes: list[Why], is_done: bool) -> dict[str, Any]:
    return {
        "done": is_done,
        "changes": [
            {
                "line": change.line,
                "vin": change.vin,
                "label": {"before": change.label_before, "after": change.label},
                "plate": {"before": change.plate_before, "after": change.plate},
            }
            for change in compared.changes
        ],
        "unchanged": compared.unchanged,
        "errors": [
            {"line": fault.line or None, **fault.why.document(), "words": str(fault.why)} for fault in compared.faults
        ],
        "notes": [str(note) for note in notes],
    }
