"""`receiver` runs a small subscriber that prints and verifies what it is sent (docs/receiver.md)."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """A thin shell around `python -m fleetremote.receiver`."""

    help = "Run a small subscriber that prints and verifies notifications, and can be told to fail."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the receiver takes."""
        from fleetremote.receiver.options import add_options

        add_options(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until it is stopped."""
        from fleetremote.receiver.serve import run

        sys.exit(run(options))
