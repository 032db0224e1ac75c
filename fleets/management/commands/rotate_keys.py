"""`rotate_keys` puts all that is encrypted in the database under the first of FIELD_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fleets.storage.encryption.rotation import encrypted_fields, rotate


class Command(BaseCommand):
    """May run beside the server, and be stopped and begun again (docs/secrets.md)."""

    help = "Encrypt what the database keeps of secrets anew, under the first of FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 while a former key is needed")

    def handle(self, *_: Any, **options: Any) -> None:
        former = unreadable = 0
        for model, field in encrypted_fields():
            count = rotate(model, field, write=not options["check"])
            former += count.former
            unreadable += count.unreadable
            lost = f", {count.unreadable:,} that no key opens" if count.unreadable else ""
            found = "under a former key" if options["check"] else "encrypted anew"
            self.stdout.write(f"{model._meta.label}.{field.name}: {count.rows:,} rows, {count.former:,} {found}{lost}")
        if unreadable:
            words = "rows can't be read with any of FIELD_KEYS. Add the key that is missing behind the others."
            raise CommandError(f"{unreadable:,} {words}")
        if options["check"] and former:
            raise CommandError(f"{former:,} rows need a former key still. Run rotate_keys without --check.")
        keys = len(settings.FIELD_KEYS)
        more = " The former ones can be taken out of FIELD_KEYS." if keys > 1 else ""
        self.stdout.write(f"All is under the first of {keys} key{'' if keys == 1 else 's'}.{more}")
