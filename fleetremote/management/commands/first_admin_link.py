"""`first_admin_link` prints the link that makes the first admin."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Each run makes a new link, and the one before works no more."""

    help = "Print a link that makes the first admin, once, within an hour, while there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where browsers find us, and whether an admin is a reason to fail."""
        parser.add_argument("--at", default=settings.PUBLIC_URL, help="where browsers find FleetRemote; %(default)s")
        parser.add_argument("--if-needed", action="store_true", help="print nothing where there is an admin")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print it; 1 where there is an admin already."""
        from fleetremote.greeting import first_admin_lines

        lines = first_admin_lines(options["at"].rstrip("/"))
        if not lines and not options["if_needed"]:
            raise CommandError("There is an admin already, who can let others in.")
        for line in lines:
            self.stdout.write(line)
