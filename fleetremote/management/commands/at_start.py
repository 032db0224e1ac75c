"""`at_start` is what script/server (launcher/start/words.py) and Compose run once the database is migrated."""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Loads the demo where it is wished, and says what whoever starts must know."""

    help = "Load the demo if wished, and write what is to be said at the start into a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where browsers find us, where to write, and whether there is to be a demo."""
        parser.add_argument("--at", required=True, help="where browsers find FleetRemote, without a slash at the end")
        parser.add_argument("--into", required=True, help="file for what is to be said, mode 0600; - prints it")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--demo", action="store_true", help="load the demo")
        choice.add_argument("--no-demo", action="store_true", help="say what is still here of the demo")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it."""
        from fleetremote.greeting import demo_lines, first_admin_lines, reach_lines
        from fleets.places import file as towns
        from launcher.files import write_private

        # Made here, so that no page waits for it; without it positions have no words.
        with suppress(OSError, SubprocessError):
            towns.path()
        if options["demo"]:
            call_command("demo", "--load", stdout=self.stdout)
        lines = [*first_admin_lines(options["at"]), *reach_lines()]
        if options["no_demo"]:
            lines += demo_lines(settings.FLEETREMOTE_HOME)
        text = "".join(f"{line}\n" for line in lines)
        if options["into"] == "-":
            self.stdout.write(text, ending="")
        else:
            write_private(Path(options["into"]), text)
