"""`sync` takes over fleets, vehicles and what they can do from the manufacturer's cloud, and says what changed."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from fleets.sync.capabilities import refresh_all
from fleets.sync.run import sync_all


class Command(BaseCommand):
    """Harmless when repeated; Celery's clock does the same."""

    help = "Take over fleets, vehicles and what they can do from every gateway. Nothing is deleted."

    def handle(self, *_: Any, **__: Any) -> None:
        """Sync, then print a summary in words."""
        gateways = 0
        for gateway, outcome in sync_all():
            gateways += 1
            self.stdout.write(f"{gateway} {outcome.summary()}")
            self._print(map(str, outcome.told()))
        if not gateways:
            self.stdout.write("No gateway is set up; add one in the admin.")
            return
        refreshed = refresh_all()
        self.stdout.write(f"Capabilities: {refreshed.read:,} read, {refreshed.left:,} still to be read.")
        self._print(refreshed.problems)

    def _print(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self.stdout.write(f"  Problem: {problem}")
