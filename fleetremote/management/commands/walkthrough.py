"""`walkthrough` sends every feature to vehicles of the running demo, and prints how each ends."""

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Speaks to the running server over HTTP only."""

    help = (
        "Send every feature to a vehicle of each profile of the running demo; 1 when something does not end. With "
        "--dialects: over both APIs to a vehicle that either API reaches, and besides each field that only one dialect "
        "has; 1 when something neither ends well nor is refused in words that name what can't travel."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to print and whom to visit."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--profile", action="append", default=[], help="only vehicles of this profile; repeatable")
        parser.add_argument("--dialects", action="store_true", help="both APIs, to a vehicle that either API reaches")

    def handle(self, *_: Any, **options: Any) -> None:
        """Walk, print, and fail when something is not as it should be."""
        import requests

        from launcher.files import read_json

        if options["dialects"] and options["profile"]:
            raise CommandError("--dialects visits vehicles that are awake; leave out --profile.")
        demo = read_json(settings.FLEETREMOTE_HOME / "demo.json")
        if not demo:
            raise CommandError(f"No demo is loaded in {settings.FLEETREMOTE_HOME}. Run script/server --demo first.")
        try:
            if options["dialects"]:
                self._cross(demo, options["json"])
            else:
                self._walk(demo, options["profile"], options["json"])
        except requests.ConnectionError as error:
            raise CommandError(f"FleetRemote does not answer at {demo['api']['v3']}. Run script/server.") from error

    def _walk(self, demo: dict[str, Any], profiles: list[str], in_json: bool) -> None:
        from fleetremote.walkthrough.profiles import as_json, as_table, walk

        ends = walk(demo, settings.SIMULATOR_SPEED, profiles)
        endless = sum(1 for end in ends if not end.status)
        self._print(as_json(ends), f"{as_table(ends)}\n\n{len(ends) - endless} of {len(ends)} have ended.", in_json)
        if endless:
            raise CommandError(f"{endless} of {len(ends)} did not end.")

    def _cross(self, demo: dict[str, Any], in_json: bool) -> None:
        from fleetremote.walkthrough.dialects import as_json, as_table, cross, problems

        receiver = os.environ.get("RECEIVER_URL")
        if not receiver:
            raise CommandError("The demo's receiver does not run. Run script/server --demo.")
        try:
            found = cross(demo, settings.SIMULATOR_SPEED, receiver)
        except ValueError as error:
            raise CommandError(str(error)) from error
        wrong = problems(found)
        good = f"{len(found) - len(wrong)} of {len(found)} are as they should be."
        self._print(as_json(found), f"{as_table(found)}\n\n{good}", in_json)
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(found)} are not as they should be.")

    def _print(self, document: list[dict[str, Any]], table: str, in_json: bool) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) if in_json else table)
