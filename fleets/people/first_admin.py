"""The way to the first log-in: while there is no admin, one link at a time makes the first one.

An admin is an active superuser. The token has 256 random bits, so one SHA-256 is enough to keep it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction

from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import FirstAdminLink
from fleets.people.approving import by_the_machine
from fleets.storage import clock

LIFE = timedelta(hours=1)


def has_admin() -> bool:
    return User.objects.filter(is_active=True, is_superuser=True).exists()


def new_token() -> str | None:
    """A token for a new link, whose predecessor ends; None where there is an admin already."""
    with transaction.atomic():
        # Whoever is making the first admin holds the row.
        old = FirstAdminLink.objects.select_for_update().first()
        if has_admin():
            if old is not None:
                old.delete()
            return None
        token = secrets.token_urlsafe(32)
        values = {"token_hash": hash_of(token), "expires_at": clock.now() + LIFE}
        FirstAdminLink.objects.update_or_create(pk=1, defaults=values)
        return token


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_open(token_hash: str) -> bool:
    """Whether the link with this hash makes the first admin now."""
    return _fits(FirstAdminLink.objects.first(), token_hash)


def make_first_admin(token_hash: str, make: Callable[[], User]) -> User | None:
    """The first admin, made by `make`, which saves it; None where the link makes none any more.

    Of two at once the second one waits for the first, and finds the link used.
    """
    with transaction.atomic():
        link = FirstAdminLink.objects.select_for_update().first()
        if link is None or not _fits(link, token_hash):
            return None
        # Whoever reads what the machine prints has the machine: nobody must confirm them.
        with by_the_machine():
            admin = make()
        link.delete()
        about = About("first-admin")
        record_operation(about, "became the first admin", actor=person(admin), origin=Origin.PAGE, reason="")
    return admin


def _fits(link: FirstAdminLink | None, token_hash: str) -> bool:
    is_it = hmac.compare_digest(link.token_hash if link else hash_of(""), token_hash)
    return link is not None and is_it and clock.now() < link.expires_at and not has_admin()
