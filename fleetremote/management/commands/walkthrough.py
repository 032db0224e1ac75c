"""`walkthrough` sends every feature to a vehicle of each profile of the running demo, and prints how each ends."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Speaks to the running server over HTTP only."""

    help = "Send every feature to a vehicle of each profile of the running demo; 1 when something does not end."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to print and whom to visit."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--profile", action="append", default=[], help="only vehicles of this profile; repeatable")

    def handle(self, *_: Any, **options: Any) -> None:
        """Walk, print, and fail when something did not end."""
        import requests

        from fleetremote.walkthrough import as_json, as_table, walk
        from launcher.files import read_json

        demo = read_json(settings.FLEETREMOTE_HOME / "demo.json")
        if not demo:
            raise CommandError(f"No demo is loaded in {settings.FLEETREMOTE_HOME}. Run script/server --demo first.")
        try:
            ends = walk(demo, settings.SIMULATOR_SPEED, options["profile"])
        except requests.ConnectionError as error:
            raise CommandError(f"FleetRemote does not answer at {demo['api']['v3']}. Run script/server.") from error
        endless = sum(1 for end in ends if not end.status)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(ends), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(f"{as_table(ends)}\n\n{len(ends) - endless} of {len(ends)} have ended.")
        if endless:
            raise CommandError(f"{endless} of {len(ends)} did not end.")
