"""`doctor` looks whether all is well, and says what to do where it is not."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from connections.doctor.examination import examine
from connections.doctor.finding import Finding

_MARKS = {True: "ok  ", False: "FAIL", None: "note"}


class Command(BaseCommand):
    """Works without the database, too. Exit status 1 where something is wrong; notes are fine."""

    help = "Check FleetRemote and its connections: each line is ok, or says what to do."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a check and line: check, ok, words")

    def handle(self, *_: Any, **options: Any) -> None:
        wrong = 0
        for finding in examine():
            wrong += finding.ok is False
            self.stdout.write(_as_json(finding) if options["json"] else _as_text(finding))
            self.stdout.flush()
        if wrong:
            raise SystemExit(1)


def _as_json(finding: Finding) -> str:
    return json.dumps({"check": finding.check, "ok": finding.ok, "words": finding.words}, ensure_ascii=False)


def _as_text(finding: Finding) -> str:
    return f"{_MARKS[finding.ok]} {finding.check}: {finding.words}"
