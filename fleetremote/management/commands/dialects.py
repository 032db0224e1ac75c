"""`dialects` prints the page docs/dialects.md."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Reading the catalogue needs neither database nor Redis."""

    help = "Print docs/dialects.md: what of a remote action each dialect can say, made from the catalogue."
    requires_system_checks = ()

    def handle(self, *_: Any, **_options: Any) -> None:
        """Print it."""
        from fleetremote.reference.dialects import page

        self.stdout.write(page())
