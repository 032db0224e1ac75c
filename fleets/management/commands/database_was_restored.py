"""`database_was_restored`: all that may have been sent in what the database has lost is looked for first."""

from typing import Any

from django.core.management.base import BaseCommand

from fleets.storage import continuity


class Command(BaseCommand):
    """For a restore that nobody can have noticed: everything was stopped, and the database has kept its timeline."""

    help = "Look for every action that may have been sent before the database was restored, before it is sent again."

    def handle(self, *_: Any, **__: Any) -> None:
        """Flag them, and say how many there are."""
        flagged = continuity.take_as_restored()
        self.stdout.write(f"{flagged:,} actions are looked for at the manufacturer's cloud before they are sent.")
