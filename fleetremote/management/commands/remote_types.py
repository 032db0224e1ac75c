"""`remote_types` prints the page docs/remote-types.md."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Reading the catalogue needs neither database nor Redis."""

    help = "Print docs/remote-types.md, made from the catalogue of remote types."
    requires_system_checks = ()

    def handle(self, *_: Any, **_options: Any) -> None:
        """Print it."""
        from fleetremote.reference.remote_types import page

        self.stdout.write(page())
