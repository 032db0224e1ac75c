"""`approvers list` prints whose say counts as a second person's; `approvers confirm NAME` confirms somebody."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from fleets.approvers import current
from fleets.people.approving import confirm, give_what_is_lacking


class Command(BaseCommand):
    """For whoever has the machine, where nobody is left who could confirm on a page."""

    help = "List those who may approve, or confirm one of them who waits for it."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("list", help="Print each with the fleet, and who gave and confirmed it.")
        confirming = what.add_parser("confirm", help="Confirm that this is another person than who gave the role.")
        confirming.add_argument("name", help="The name that they log in with.")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["what"] == "list":
            self._list()
        else:
            self._confirm(options["name"])

    def _list(self) -> None:
        for row in current().select_related("user", "fleet", "given_by", "confirmed_by").order_by("fleet__name", "pk"):
            given = f"given by {row.given_by}" if row.given_by else "given by nobody"
            confirmed = f"confirmed by {row.confirmed_by or 'nobody else'}" if row.confirmed_at else "NOT CONFIRMED"
            self.stdout.write(f"{row}: {given}, {confirmed}")

    def _confirm(self, name: str) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"Nobody logs in with the name {name}.")
        with transaction.atomic():
            give_what_is_lacking(user)
            rows = list(current().filter(user=user, confirmed_at=None).select_related("fleet", "user"))
            for row in rows:
                confirm(row, None)
        for row in rows:
            self.stdout.write(f"Confirmed: {row}.")
        if not rows:
            self.stdout.write(f"{name} waits for no confirmation.")
