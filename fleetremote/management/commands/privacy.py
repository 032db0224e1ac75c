"""`privacy export` hands out all that is kept about a person or a vehicle; `privacy erase` erases it."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Each run stands in the audit. docs/privacy.md says what is kept, and what stays."""

    help = "Export or erase what is kept about a person or a vehicle."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and with whom."""
        what = parser.add_subparsers(dest="what", required=True)
        exporting = what.add_parser("export", help="Write all that is kept as one document in JSON.")
        _add_subject(exporting)
        exporting.add_argument("--to", metavar="FILE", help="a file that is not there yet; else standard output")
        erasing = what.add_parser("erase", help="Show what would be erased; with --yes, erase it.")
        _add_subject(erasing)
        erasing.add_argument("--yes", action="store_true", help="erase it: nobody can bring it back")
        erasing.add_argument("--reason", default="", help="why, for the audit; without names")
        erasing.add_argument(
            "--though-listed", action="store_true", help="also a vehicle that the manufacturer's cloud lists"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it; 1 where there is no such person or vehicle, or something is in the way."""
        from fleetremote.privacy.subjects import NotKnown, car, person

        try:
            subject = person(options["person"]) if options["person"] else car(options["vehicle"])
        except NotKnown as error:
            raise CommandError(str(error)) from None
        if options["what"] == "export":
            self._export(subject, options["to"])
        else:
            self._erase(subject, options)

    def _export(self, subject: Any, to: str | None) -> None:
        from fleetremote.privacy.exporting import export

        if to is None:
            self.stdout.ending = ""
            export(subject, self.stdout)
            return
        try:
            # Only its owner may read what is in it.
            opened = os.open(Path(to), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{to} can't be made: {error.strerror}. Name a file that is not there yet.") from None
        try:
            with open(opened, "w", encoding="utf-8") as file:
                rows = export(subject, file)
        except BaseException:
            # A part of it would pass for the whole.
            Path(to).unlink(missing_ok=True)
            raise
        self.stdout.write(f"{rows:,} rows about {subject.name} are in {to}.")

    def _erase(self, subject: Any, options: dict[str, Any]) -> None:
        from fleetremote.privacy.erasing import Refused, erase_all, try_out

        listed = options["though_listed"]
        try:
            if options["yes"]:
                done = erase_all(subject, options["reason"], though_listed=listed)
            else:
                done = try_out(subject, though_listed=listed)
        except Refused as refused:
            lines = "\n".join(f"- {reason}" for reason in refused.reasons)
            raise CommandError(f"{subject.name} can't be erased yet:\n{lines}") from None
        verb = "were" if options["yes"] else "would be"
        for table, count in sorted(done.rows.items()):
            self.stdout.write(f"{table}: {count:,} rows {verb} erased or renamed")
        if options["yes"]:
            self.stdout.write(f"Erased. What stays goes by the name {done.pseudonym}.")
        else:
            self.stdout.write(f"Nothing is erased yet. What stays would go by the name {done.pseudonym}; say --yes.")


def _add_subject(parser: CommandParser) -> None:
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument("--person", metavar="NAME", help="by the user name")
    subject.add_argument("--vehicle", metavar="VIN", help="by the VIN")
