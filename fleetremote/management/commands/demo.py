"""`demo --load` loads the demo, `demo --json` says what is in it."""

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Reading needs neither database nor Redis."""

    help = "Load the demo into the database, or print its addresses, ids and passwords."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take exactly one of --load and --json."""
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--load", action="store_true", help="load it; harmless when repeated")
        choice.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do the one or the other."""
        if options["json"]:
            self._print()
        else:
            self._load()

    def _print(self) -> None:
        from launcher.files import read_json

        content = read_json(settings.FLEETREMOTE_HOME / "demo.json")
        if not content:
            raise CommandError(f"No demo is loaded in {settings.FLEETREMOTE_HOME}. Run script/server first.")
        self.stdout.write(json.dumps(content, indent=2, ensure_ascii=False))

    def _load(self) -> None:
        from simulator.world import demo_world

        from fleetremote.demo import load_demo

        simulator_url = os.environ.get("SIMULATOR_URL")
        if not simulator_url:
            raise CommandError("SIMULATOR_URL must say where the simulator is, without a path.")
        content = load_demo(
            demo_world(),
            home=settings.FLEETREMOTE_HOME,
            public_url=settings.PUBLIC_URL,
            simulator_url=simulator_url.rstrip("/"),
        )
        count = sum(len(fleet["vehicles"]) for fleet in content["fleets"])
        self.stdout.write(f"{len(content['fleets'])} fleets with {count} vehicles are loaded.")
