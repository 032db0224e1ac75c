"""`simulate --port …` runs the simulator alone, in this process."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """A thin shell around `python -m simulator`."""

    help = "Run the stand-in for the manufacturer's cloud, with its vehicles."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the simulator takes, with defaults of this FleetRemote."""
        parser.add_argument("--port", type=int, required=True, help="TCP port to listen on")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--database", help="file of its state; default: simulator-PORT.sqlite3 in the home")
        parser.add_argument(
            "--speed",
            type=float,
            default=settings.SIMULATOR_SPEED,
            help="1 is real time, 60 a minute a second",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until it is stopped; a port of its own means a state of its own by default."""
        from simulator.__main__ import main

        own = settings.FLEETREMOTE_HOME / f"simulator-{options['port']}.sqlite3"
        words = ["--host", options["host"], "--port", str(options["port"])]
        words += ["--database", options["database"] or str(own), "--speed", f"{options['speed']:g}"]
        main(words)
