"""`take_second_factor NAME` takes the second factor from somebody who has lost it, where no admin can do so."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """For the last admin: another one does it on a page, and must be asked for it (docs/accounts.md)."""

    help = "Take the second factor from somebody who has lost it, and end their sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name that they log in with")

    def handle(self, *_: Any, name: str, **__: Any) -> None:
        """1 where there is nothing to take."""
        from console.accounts.letters import all_gone
        from console.accounts.sessions import end_sessions
        from console.factors.changing import take_away

        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"Nobody logs in as {name!r}.")
        if not take_away(person):
            raise CommandError(f"{name!r} has no second factor.")
        end_sessions(person)
        all_gone()
        self.stdout.write(f"{name} logs in with the password alone until there is another second factor.")
