"""`rotate_webhook_secrets` gives our webhooks new secrets, of which the manufacturer's cloud is told by itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fleets.models import UpstreamFleet
from remotes.registration.rotation import end_former, rotate


class Command(BaseCommand):
    """The secrets are shown to nobody: the cloud alone needs them."""

    help = "Make new secrets for the webhooks that the cloud posts to; the former ones end by themselves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gateway", help="name of a gateway; without it those of all gateways")
        parser.add_argument(
            "--end-former",
            action="store_true",
            help="make no new ones, but end the former ones at once; what is still under way with them is lost",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        rows = UpstreamFleet.objects.filter(gone_at__isnull=True).select_related("fleet", "gateway").order_by("pk")
        if options["gateway"]:
            rows = rows.filter(gateway__name=options["gateway"])
        if not rows:
            raise CommandError("No fleet is set up at such a gateway.")
        for row in rows:
            if options["end_former"]:
                number = end_former(row.pk)
                self.stdout.write(f"{row}: {number} former pair{'' if number == 1 else 's'} of secrets ended.")
            else:
                rotate(row.pk)
                self.stdout.write(f"{row}: new secrets. The former ones are good for 3 days once the cloud has these.")
