"""Tells the web servers at once when a person's right to see may have ended; they look themselves whether it has.

Each change of a person or of a membership is announced, whoever makes it, and each log-out. What goes past that (an
update of many rows, an end in time, a lost message) is found by their looking again every few seconds.
"""

from functools import partial
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from fleets.models import Membership
from fleets.storage.redis import best_effort, client

CHANNEL = "live:sight"
"""Its messages are `person <primary key>`: look again, and `session <digest>`: that one has ended."""

_LOGIN = frozenset({"last_login"})


def digest_of(session_key: str) -> str:
    """What names a session in a message: the key itself would let in whoever reads it."""
    return sha256(session_key.encode()).hexdigest()


def look_again(person_id: int) -> None:
    """Announce, after commit, that a person's rights may be others now."""
    transaction.on_commit(partial(_publish, f"person {person_id}"))


def _publish(message: str) -> None:
    best_effort(lambda: client().publish(CHANNEL, message))


@receiver(post_save, sender=User)
def _person_changed(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if not created and update_fields != _LOGIN:
        look_again(instance.pk)


@receiver(post_delete, sender=User)
def _person_gone(instance: User, **_: Any) -> None:
    look_again(instance.pk)


@receiver([post_save, post_delete], sender=Membership)
def _membership_changed(instance: Membership, **_: Any) -> None:
    look_again(instance.user_id)


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, **_: Any) -> None:
    """Its session goes right after this, so that looking might still find it."""
    if request.session.session_key:
        _publish(f"session {digest_of(request.session.session_key)}")
